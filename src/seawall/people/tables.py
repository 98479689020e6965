"""Small tables of the room: why a document ends, what proves a dose given elsewhere, by which codes the public enters."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
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


@dataclass(frozen=True, slots=True)
class EntryWay:
    """How a code reaches somebody: its digits, how long a ticket waits for it with how many tries, how long the code itself holds."""

    way: str
    digits: int
    waits: timedelta
    tries: int
    channel: str
    holds: timedelta


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


@cache
def entry_ways() -> Mapping[str, EntryWay]:
    return {
        r["way"]: EntryWay(
            r["way"], int(r["digits"]), timedelta(minutes=int(r["minutes"])), int(r["tries"]), r["channel"],
            timedelta(minutes=int(r["code_minutes"])),
        )
        for r in _read("entry_ways.csv")
    }  # fmt: skip
