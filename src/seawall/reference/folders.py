"""City folders: where those that come with the program lie, and the tables of one as texts."""

import csv
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from seawall.terms.acts import Refused

PACKAGE = Path(__file__).resolve().parents[1]
HEAD, OUTLINES = "city.toml", "outlines.geojson"
KEPT = frozenset({".csv", ".toml", ".geojson"})

Line = dict[str, str]
Texts = Mapping[str, str]


def shipped() -> Path:
    """The folder of the cities that come with the program: beside the rooms in a wheel, beside `src` in a checkout."""
    packed = PACKAGE / "cities"
    return packed if packed.is_dir() else PACKAGE.parents[1] / "cities"


def folder(named: Path | str) -> Path:
    """A city's folder by its path, or by the name of one that comes with the program. Refused when there is none."""
    for path in (Path(named), shipped() / str(named)):
        if (path / HEAD).is_file():
            return path
    known = sorted(p.parent.name for p in shipped().glob(f"*/{HEAD}"))
    raise Refused("CITY_FOLDER_UNKNOWN", folder=str(named), known=", ".join(known))


def campaigns(city: Path) -> list[Path]:
    """The campaign folders of a city, by name."""
    return sorted(head.parent for head in city.glob("campaigns/*/campaign.toml"))


def texts(city: Path) -> dict[str, str]:
    """The city's own files by name: those of its campaigns and programmes are theirs."""
    paths = sorted(p for p in city.iterdir() if p.suffix in KEPT and p.is_file())
    return {p.name: p.read_bytes().decode("utf-8-sig") for p in paths}


def lines(files: Texts, table: str) -> list[Line]:
    """The lines of one table, empty when the city has none. What follows # at the head of the file is a comment."""
    return list(csv.DictReader(_rows(files.get(f"{table}.csv", "").splitlines())))


def _rows(text: Iterable[str]) -> Iterable[str]:
    return (row for row in text if row.strip() and not row.startswith("#"))


def content_hash(texts: Texts) -> str:
    """The same name that the schedule engine gives to the same content, which every due row carries."""
    digest = hashlib.sha256()
    for path, text in sorted(texts.items()):
        body = text.encode()
        digest.update(f"{path}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()
