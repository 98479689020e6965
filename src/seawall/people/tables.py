"""Small tables of the room: why a document ends, what proves a dose that was given elsewhere."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class DocumentEndRow:
    """Why a document ends; `frees` where the number was never this person's and may be linked to another."""

    code: str
    frees: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ProofRow:
    """What proves a dose given elsewhere; `numbered` where it carries a number."""

    code: str
    zh: str
    en: str
    numbered: bool


def _read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@cache
def document_ends() -> Mapping[str, DocumentEndRow]:
    return {
        r["code"]: DocumentEndRow(r["code"], r["frees"] == "yes", r["zh"], r["en"]) for r in _read("document_ends.csv")
    }


@cache
def proofs() -> Mapping[str, ProofRow]:
    return {r["code"]: ProofRow(r["code"], r["zh"], r["en"], r["numbered"] == "yes") for r in _read("proofs.csv")}
