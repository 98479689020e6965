"""The room's own rules as data: who is reminded when, what a contact may come to, who answers what until when."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path

from seawall.terms.names import Name
from seawall.terms.outreach import LimitRow


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).with_name("tables") / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True, slots=True)
class ResultKind:
    """What a contact may come to. One that settles is a reason; `again_days` later the person is called on again, if ever.

    `homebound`: the person cannot come and agrees to be visited.
    """

    code: str
    zh: str
    en: str
    settles: bool
    again_days: int | None
    homebound: bool


@dataclass(frozen=True, slots=True)
class Hesitancy:
    """Why somebody hesitates."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Cadence:
    """Who is reminded how many days after what: `earliest` and `overdue_from` of the due row, or the day of the seat; `asked` by none."""

    kind: str
    name: Name
    anchor: str
    after: int
    every: int
    times: int
    from_rank: int
    calls: bool
    message: bool

    def anchors(self, day: date) -> list[date]:
        """Days on which the anchor of somebody lies who is reminded on this day."""
        return [day - timedelta(days=self.after + n * self.every) for n in range(self.times)]


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """Which role answers such a question, and within how many hours."""

    kind: str
    zh: str
    en: str
    role: str
    hours: int


@cache
def results() -> Mapping[str, ResultKind]:
    return {
        r["code"]: ResultKind(
            r["code"], r["zh"], r["en"], r["settles"] == "1", int(r["again_days"]) if r["again_days"] else None,
            r["homebound"] == "1",
        )
        for r in _rows("results")
    }  # fmt: skip


@cache
def hesitancies() -> Mapping[str, Hesitancy]:
    return {r["code"]: Hesitancy(r["code"], r["zh"], r["en"]) for r in _rows("hesitancies")}


@cache
def cadence() -> Mapping[str, Cadence]:
    """By kind, the most urgent last."""
    return {
        r["kind"]: Cadence(
            r["kind"], Name(r["zh"], r["en"]), r["anchor"], int(r["after"]), int(r["every"]), int(r["times"]),
            int(r["from_rank"]), r["calls"] == "1", r["message"] == "1",
        )
        for r in _rows("cadence")
    }  # fmt: skip


def question_kinds(on: date) -> Mapping[str, QuestionKind]:
    """The kinds in force on a day."""
    return {
        r["kind"]: QuestionKind(r["kind"], r["zh"], r["en"], r["role"], int(r["hours"]))
        for r in _in_force("question_kinds", on)
    }


def usual_limits() -> list[LimitRow]:
    """What channels may do where the city has said nothing else."""
    return [
        LimitRow(
            r["channel"], date.fromisoformat(r["since"]), time.fromisoformat(r["quiet_from"]),
            time.fromisoformat(r["quiet_until"]), int(r["cost"]), int(r["cap"]), r["source"],
        )
        for r in _rows("limits")
    ]  # fmt: skip


def starters() -> list[tuple[str, str, str]]:
    """Kind, language and words of a first proposal."""
    return [(r["kind"], r["language"], r["text"]) for r in _rows("starters")]


def needs(on: date) -> Mapping[str, Name]:
    """Why somebody cannot come to a site, in the words of the day."""
    return {r["code"]: Name(r["zh"], r["en"]) for r in _in_force("needs", on)}


def round_rules(on: date) -> Mapping[str, float]:
    """What a round costs and how far it goes, by measure."""
    return {r["measure"]: float(r["value"]) for r in _in_force("rounds", on)}


def _in_force(name: str, on: date) -> list[dict[str, str]]:
    return [r for r in _rows(name) if r["valid_from"] <= on.isoformat() <= (r["valid_to"] or "9999")]
