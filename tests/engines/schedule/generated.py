"""Generated persons and generated schedules, drawn by Hypothesis or by a seeded generator through the same two words."""

from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

from seawall.engines.schedule import Schedule
from seawall.engines.schedule import tables as t
from seawall.engines.schedule.compiled import compile_target, lexicon
from seawall.engines.schedule.words import Choose, Effect, From, Kind, Level, Outcome, Relation, Use

from .agreement import Someone


class Draw(Protocol):
    def one_of(self, choices: Any) -> Any: ...

    def number(self, low: int, high: int) -> int: ...


class Seeded:
    """Draws from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one_of(self, choices: Any) -> Any:
        return self.random.choice(choices)

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)


VOLUMES = (None, None, None, 0.5, 0.3, 0.25)
GAPS = (0, 1, 10, 13, 14, 15, 20, 21, 22, 27, 28, 29, 30, 31, 55, 56, 57, 60, 90, 91, 150, 180, 183, 184, 365, 400)
PRECISIONS = ("day",) * 12 + ("month", "month", "year")


def someone(draw: Draw, schedule: Schedule, first: date, last: date, births: tuple[date, date]) -> Someone:
    """A person with up to six doses whose gaps lie near the edges of the rules."""
    span = (last - first).days
    birth = births[0] + timedelta(days=draw.number(0, (births[1] - births[0]).days))
    codes = schedule.words.products
    vaccines = [*codes, *codes, *schedule.words.vaccines, None]
    favourite = draw.one_of(codes)
    doses, day = [], first + timedelta(days=draw.number(-40, span // 2))
    for _ in range(draw.number(0, 6)):
        product = favourite if draw.number(0, 2) else draw.one_of(vaccines)
        doses.append((day, draw.one_of(PRECISIONS), product, draw.one_of(VOLUMES)))
        day += timedelta(days=draw.one_of(GAPS))
    if draw.number(0, 3) == 0:
        doses.reverse()
    known = schedule.words.conditions
    conditions = []
    for _ in range(draw.number(0, 2) if known else 0):
        since = first + timedelta(days=draw.number(-100, span))
        until = None if draw.number(0, 1) else since + timedelta(days=draw.number(0, 120))
        conditions.append((draw.one_of(known), since, until))
    return Someone(birth, draw.one_of(PRECISIONS), draw.number(0, 2), doses, conditions)


SPANS = ("0d", "1d", "14d", "21d", "28d", "4w", "1m", "2m", "3m", "6m", "12m", "12m-4d", "2y")
AGES = ("0d", "6m", "8m", "12m", "18m", "3y", "9y", "15y", "18y", "45y", "60y")


class _Maker:
    """Draws the rows of one schedule."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.count = 0

    def row(self, **over: Any) -> dict[str, Any]:
        self.count += 1
        start = self.draw.one_of([None, None, None, date(2020, 1, 1), date(2021, 3, 1)])
        base = {
            "rule": f"R{self.count}", "valid_from": start, "valid_to": None, "level": self.draw.one_of(list(Level)),
            "issuer": "i", "document": "d", "clause": "", "mark": "m",
        }  # fmt: skip
        return base | over

    def maybe(self, choices: tuple[str, ...], odds: int = 2) -> t.Span | None:
        return t.Span.parse(self.draw.one_of(choices)) if self.draw.number(0, odds) == 0 else None

    def ordered(self, names: tuple[str, ...], choices: tuple[str, ...], odds: int = 2) -> dict[str, t.Span | None]:
        """Some of the named lengths, the shorter before the longer."""
        drawn = [self.maybe(choices, odds) for _ in names]
        values = iter(sorted((s for s in drawn if s), key=lambda s: s.rough()))
        return {name: next(values) if span else None for name, span in zip(names, drawn, strict=True)}

    def products(self) -> tuple[t.Product, ...]:
        platforms = ("ALPHA", "BETA")
        return tuple(
            t.Product(
                **self.row(), product=f"P{n}", platform=self.draw.one_of(platforms), live=bool(self.draw.number(0, 1)),
                targets=self.draw.one_of([("T1",), ("T1", "T2"), ("T2",)]) if n else ("T1", "T2"), course=2, volume_ml=None,
                cvx="", cn="", name_zh="", name_en="", **self.ordered(("min_age", "below_age"), AGES, 3),
            )
            for n in range(self.draw.number(1, 4))
        )  # fmt: skip

    def series(self, target: str, names: list[str]) -> list[t.Series]:
        """The first is open to everybody nine times of ten; the others have their conditions."""
        open_to_all = {
            "sex": None,
            "prior_min": 0,
            "prior_max": None,
            "min_age": None,
            "below_age": None,
            "valid_from": None,
        }
        rows = []
        for n, name in enumerate(names):
            limits = {
                "sex": self.draw.one_of([None, None, None, 1, 2]), "prior_min": self.draw.one_of([0, 0, 0, 1]),
                "prior_max": self.draw.one_of([None, None, 0, 1]), **self.ordered(("min_age", "below_age"), AGES, 4),
            }  # fmt: skip
            limits = open_to_all if n == 0 and self.draw.number(0, 9) else limits
            rows.append(t.Series(**self.row(series=name, target=target, name_zh="", name_en="") | limits))
        return rows

    def places(self, name: str) -> list[t.Place]:
        primary, boosters = self.draw.number(1, 3), self.draw.number(0, 2)
        return [
            t.Place(
                **self.row(), series=name, dose=n, kind=Kind.PRIMARY if n <= primary else Kind.BOOSTER,
                skip_from_age=self.maybe(AGES, 9), skip_if_last_at=self.maybe(AGES, 9),
            )
            for n in range(1, primary + boosters + 1)
        ]  # fmt: skip

    def naming(self, products: list[str]) -> str:
        return self.draw.one_of(["", "platform:ALPHA", "platform:BETA", *products, "|".join(products)])

    def options(self, name: str, doses: int, products: list[str]) -> list[t.Option]:
        rows = [
            t.Option(
                **self.row(), series=name, dose=n, product=self.naming(products),
                relation=self.draw.one_of(list(Relation)) if n > 1 else Relation.ANY, use=self.draw.one_of(list(Use)),
                outcome=self.draw.one_of([Outcome.VALID, Outcome.NOTE, Outcome.GRACE, Outcome.REVIEW]),
                min_volume_ml=self.draw.one_of([None, None, 0.25, 0.5]),
                reason=self.draw.one_of(["", "", "DOSE_OTHER_MAKER"]), **self.ordered(("min_age", "below_age"), AGES, 4),
            )
            for n in range(1, doses + 1) for _ in range(self.draw.number(1, 2))
        ]  # fmt: skip
        return [*rows, t.Option(**self.row(), series=name, dose=None, product=products[0], relation=Relation.ANY,
                                use=Use.ALLOWED, outcome=Outcome.VALID, reason="", min_age=None, below_age=None)]  # fmt: skip

    def intervals(self, name: str, doses: int, products: list[str]) -> list[t.Interval]:
        rows = []
        for n in range(2, doses + 1):
            for _ in range(self.draw.number(0, 2)):
                after, argument = self.draw.one_of(
                    [(From.PREVIOUS, ""), (From.PREVIOUS, ""), (From.COUNTED, ""), (From.DOSE, "1"),
                     (From.PRODUCT, products[-1]), (From.PRODUCT, "platform:ALPHA"), (From.CONDITION, "C1")]
                )  # fmt: skip
                spans = self.ordered(("accept_min", "schedule_min", "recommended", "latest", "overdue"), SPANS)
                dose = self.draw.one_of([n, n, n, None])
                rows.append(t.Interval(**self.row(), series=name, dose=dose, after=after, argument=argument,
                                       product=self.naming(products), outcome=self.bad(), **spans))  # fmt: skip
        return rows

    def bad(self) -> Outcome:
        return self.draw.one_of([Outcome.NOT_VALID, Outcome.NOT_VALID, Outcome.REVIEW, Outcome.NOTE, Outcome.GRACE])

    def ages(self, name: str, doses: int) -> list[t.Age]:
        names = ("accept_min", "schedule_min", "recommended", "latest", "overdue", "below_age")
        return [
            t.Age(**self.row(), series=name, dose=n, outcome=self.bad(), **self.ordered(names, AGES, 3))
            for n in range(1, doses + 1) if self.draw.number(0, 2) == 0
        ]  # fmt: skip

    def offers(self) -> list[t.Offer]:
        return [
            t.Offer(
                **self.row(), series="", dose=self.draw.one_of([None, 1, 2]), kind=self.draw.one_of([None, *Kind]),
                sex=self.draw.one_of([None, None, None, 2]), condition=self.draw.one_of(["", "", "", "C2"]),
                born_from=self.draw.one_of([None, None, None, date(1990, 6, 15)]),
                born_to=self.draw.one_of([None, None, None, date(2015, 2, 28)]),
                **self.ordered(("min_age", "below_age"), AGES),
            )
            for _ in range(self.draw.number(0, 3))
        ]  # fmt: skip

    def conditions(self) -> list[t.Condition]:
        return [
            t.Condition(**self.row(), condition=f"C{n}", effect=self.draw.one_of(list(Effect)),
                        target=self.draw.one_of(["", "", "T1"]), product=self.draw.one_of(["", "", "platform:ALPHA"]),
                        doses=self.draw.number(0, 2), name_zh="", name_en="")
            for n in (1, 2, 3)
        ]  # fmt: skip

    def spacing(self) -> list[t.Spacing]:
        return [
            t.Spacing(
                **self.row(), product=self.draw.one_of(["", "platform:ALPHA", "live"]) or "",
                other=self.draw.one_of(["group:G1", "group:G2", "X1|X3", "any"]), same_day=bool(self.draw.number(0, 1)),
                outcome=self.bad(), **self.ordered(("accept_min", "schedule_min"), SPANS),
            )
            for _ in range(self.draw.number(0, 2))
        ]  # fmt: skip

    def seasons(self) -> list[t.Season]:
        if self.draw.number(0, 2):
            return []
        begins = [date(2020, 3, 1), date(2020, 9, 1), date(2021, 4, 1)]
        return [
            t.Season(**self.row(), season=f"S{n}", target="T1", begins=day, ends=day + timedelta(days=self.draw.number(60, 183)))
            for n, day in enumerate(begins)
        ]  # fmt: skip

    def others(self) -> list[t.Other]:
        against = self.draw.one_of([(), ("T1",), ("T1", "T2")])
        return [
            t.Other(
                **self.row(),
                product=f"X{n}",
                group=group,
                targets=targets,
                live=False,
                cvx="",
                cn="",
                name_zh="",
                name_en="",
            )
            for n, (group, targets) in enumerate((("G1", ()), ("G1", ()), ("G2", ()), ("G2", ()), ("G3", against)))
        ]


def schedule(draw: Draw) -> Schedule:
    """A schedule with two targets, up to three series each, and any of the rules that the format has."""
    make = _Maker(draw)
    products = make.products()
    codes = [p.product for p in products]
    parts: dict[str, list[Any]] = {name: [] for name in ("series", "places", "options", "ages", "intervals")}
    for target in ("T1", "T2"):
        names = [f"{target}-{n}" for n in range(draw.number(1, 3))]
        parts["series"] += make.series(target, names)
        for name in names:
            places = make.places(name)
            parts["places"] += places
            parts["options"] += make.options(name, len(places), codes)
            parts["ages"] += make.ages(name, len(places))
            parts["intervals"] += make.intervals(name, len(places), codes)
    parts |= {"offers": make.offers(), "conditions": make.conditions(), "spacing": make.spacing(),
              "seasons": make.seasons(), "others": make.others()}  # fmt: skip
    rules = {row.rule: row for rows in ([*products], *parts.values()) for row in rows}
    targets = tuple(t.Target(name, draw.one_of(list(Choose)), "", "") for name in ("T1", "T2"))
    tables = t.Tables(
        programme="generated", name_zh="", name_en="", targets=targets, products=products, rules=rules,
        **{name: tuple(rows) for name, rows in parts.items()},
    )  # fmt: skip
    words = lexicon(tables)
    return Schedule(tables, "generated", words, tuple(compile_target(tables, words, target) for target in targets))
