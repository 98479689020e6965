"""Store a rule folder as an immutable release, known by the hash of what it says."""

import json
import tomllib
from datetime import date
from pathlib import Path

from seawall import engines
from seawall.platform import clock, sql

from ..folders import content_hash
from ..models import Programme, RuleRelease

TABLES = frozenset({".csv", ".toml"})
SCHEDULES = Path(engines.__path__[0]) / "schedule" / "schedules"
HEAD = "schedule.toml"


def release_store(folder: Path, *, name: str, released_on: date, programme: str = "") -> str:
    """The content hash. Storing the same content again changes nothing; other content becomes the programme's next release."""
    texts = snapshot(folder)
    key, programme = content_hash(texts), programme or folder.name
    held = sql.fetch("SELECT hash, number FROM reference_rulerelease WHERE programme = %s", [programme])
    if key not in {row[0] for row in held}:
        number = max((row[1] for row in held), default=0) + 1
        body = json.dumps(texts, ensure_ascii=False, sort_keys=True)
        columns = ("hash", "programme", "number", "name", "released_on", "folder")
        sql.insert(RuleRelease, columns, [(key, programme, number, name, released_on, body)], on_conflict="DO NOTHING")
    return key


def shipped_store() -> None:
    """Every schedule that comes with the program, released on the day it is first loaded."""
    for head in sorted(SCHEDULES.glob(f"*/{HEAD}")):
        said = tomllib.loads(head.read_text(encoding="utf-8"))
        release_store(head.parent, name=said["name_en"], released_on=clock.today(), programme=said["programme"])


def own_store(city: Path) -> None:
    """Every schedule of a city's folder: other content under the same name is the programme's next release."""
    for head in sorted(city.glob(f"programmes/*/{HEAD}")):
        said = tomllib.loads(head.read_text(encoding="utf-8"))
        name = said.get("name_en") or said.get("name_zh") or said["programme"]
        release_store(head.parent, name=name, released_on=clock.today(), programme=said["programme"])


def snapshot(folder: Path) -> dict[str, str]:
    """Every table of a rule folder by its path inside it."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix in TABLES and p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes().decode() for p in paths}


def programme_use(code: str, since: date) -> bool:
    """Judge people by a programme from now on; True when it was not in use. Its people are judged by `people.dues_refresh`."""
    _, new = Programme.objects.get_or_create(code=code, defaults={"used_since": since})
    return new
