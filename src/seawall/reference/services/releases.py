"""Store a rule folder as an immutable release, known by the hash of what it says."""

import hashlib
import json
from datetime import date
from pathlib import Path

from seawall.platform import sql

from ..models import RuleRelease

TABLES = frozenset({".csv", ".toml"})


def release_store(folder: Path, *, name: str, released_on: date, programme: str = "") -> str:
    """The content hash. Storing the same folder again changes nothing."""
    texts = snapshot(folder)
    key = content_hash(texts)
    row = (key, programme or folder.name, name, released_on, json.dumps(texts, ensure_ascii=False, sort_keys=True))
    columns = ("hash", "programme", "name", "released_on", "folder")
    sql.insert(RuleRelease, columns, [row], on_conflict="DO NOTHING")
    return key


def snapshot(folder: Path) -> dict[str, str]:
    """Every table of a rule folder by its path inside it."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix in TABLES and p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in paths}


def content_hash(texts: dict[str, str]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for path, text in sorted(texts.items()):
        digest.update(f"{path}\0{text}\0".encode())
    return digest.hexdigest()
