"""Holds the compiled engine against the reference engine: same persons, same tables, same answers to the last reason."""

from datetime import date, timedelta

import polars as pl

from seawall.engines.schedule import Schedule, judge
from seawall.engines.schedule.plain import judge_one
from seawall.engines.schedule.plain.person import Between, Dose, Had, Person

DOSES = {
    "person": pl.Int64,
    "given_on": pl.Date,
    "product": pl.String,
    "precision": pl.String,
    "source": pl.String,
    "volume": pl.Float64,
}
PERSONS = {"person": pl.Int64, "birth": pl.Date, "birth_precision": pl.String, "sex": pl.Int8}
CONDITIONS = {"person": pl.Int64, "kind": pl.String, "since": pl.Date, "until": pl.Date}


def between(day: date, precision: str) -> Between:
    if precision == "month":
        first = day.replace(day=1)
        return Between(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    if precision == "year":
        return Between(day.replace(month=1, day=1), day.replace(month=12, day=31))
    return Between(day, day)


class Someone:
    """One generated person, as both engines are given it."""

    def __init__(self, birth, birth_precision, sex, doses, conditions):
        self.birth, self.birth_precision, self.sex = birth, birth_precision, sex
        self.doses, self.conditions = doses, conditions  # (day, precision, product, ml), (kind, since, until)

    def plain(self) -> Person:
        return Person(
            between(self.birth, self.birth_precision) if self.birth else None,
            self.sex,
            tuple(Dose(between(day, precision), product, ml) for day, precision, product, ml in self.doses),
            tuple(Had(*condition) for condition in self.conditions),
        )


def frames(people: list[Someone]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    persons = [(n, p.birth, p.birth_precision, p.sex) for n, p in enumerate(people)]
    doses = [
        (n, day, product, known, "history", ml) for n, p in enumerate(people) for day, known, product, ml in p.doses
    ]
    conditions = [(n, *condition) for n, p in enumerate(people) for condition in p.conditions]
    return (
        pl.DataFrame(persons, schema=PERSONS, orient="row"),
        pl.DataFrame(doses, schema=DOSES, orient="row"),
        pl.DataFrame(conditions, schema=CONDITIONS, orient="row"),
    )


DUE = ("series", "status", "dose_rank", "doses_needed", "earliest", "recommended", "overdue_from", "latest", "products",
       "reason", "rule", "doses_given", "complete_on", "deferred_until")  # fmt: skip
VERDICT = ("dose_number", "dose_rank", "verdict", "reason", "rule")


def differences(schedule: Schedule, people: list[Someone], as_of: date) -> list[str]:
    """What the two engines answer differently, in words."""
    answer = judge(schedule, *frames(people), as_of=as_of)
    order = schedule.words.products.index
    found = []
    for target in schedule.tables.targets:
        verdicts = answer.verdicts.filter(target=target.target).select(VERDICT).rows()
        due = answer.due.filter(target=target.target).select(DUE).rows()
        at = 0
        for someone, fast in zip(people, due, strict=True):
            slow_verdicts, slow = judge_one(schedule.tables, target, someone.plain(), as_of)
            rows = [(v.number, v.rank, v.word, v.reason, v.rule) for v in slow_verdicts]
            quick = verdicts[at : at + len(rows)]
            at += len(rows)
            products = sorted(set(slow.preferred), key=order) + sorted(set(slow.allowed), key=order)
            plain = (slow.series, slow.status, slow.rank, slow.needed, slow.earliest, slow.recommended, slow.overdue_from,
                     slow.latest, products, slow.reason, slow.rule, slow.given, slow.complete_on, slow.deferred_until)  # fmt: skip
            if rows != quick or plain != fast:
                pairs = [
                    f"{name}: {a} (reference) {b} (compiled)"
                    for name, a, b in zip(DUE, plain, fast, strict=True)
                    if a != b
                ]
                found.append(f"{target.target} {vars(someone)}: {rows} / {quick}; {pairs}")
    return found
