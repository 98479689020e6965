"""What every part of the reference engine looks at: the tables, the person, the day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from .. import tables as t
from ..words import Kind
from .person import Between, Dose, Person, Walk

About = TypeVar("About", t.Option, t.Age, t.Interval, t.Offer)


class Setting:
    """The tables of one target, one person, and the day of the answer."""

    def __init__(self, tables: t.Tables, target: t.Target, person: Person, as_of: date) -> None:
        self.tables, self.target, self.as_of = tables, target, as_of
        self.products = {p.product: p for p in tables.products}
        self.own = {p.product for p in tables.products if target.target in p.targets}
        order = [p.product for p in tables.products]
        groups = tables.groups()
        order_of = {code: n for n, code in enumerate(order)}
        order_of |= {o.product: len(order) + groups.index(o.group) for o in tables.others}
        self.order = sorted(
            range(len(person.doses)),
            key=lambda n: (person.doses[n].given.low, order_of.get(person.doses[n].product or "", -1), n),
        )
        known = order_of.keys()
        self.doses = [person.doses[n] for n in self.order]
        self.doses = [d if d.product in known else replace(d, product=None) for d in self.doses]
        self.person = person
        self.past = [d for d in self.doses if d.given.low <= as_of]
        self.conditions = [c for c in tables.conditions if c.target in ("", target.target)]

    def _season(self, day: date) -> str:
        mine = [s for s in self.tables.seasons if s.target == self.target.target]
        if not mine:
            return "life"
        return next((s.season for s in mine if s.begins <= day <= s.ends), "none")

    def _is_own(self, dose: Dose) -> bool:
        return dose.product is None or dose.product in self.own

    def _before_birth(self, dose: Dose) -> bool:
        return self.person.birth is not None and dose.given.high < self.person.birth.low

    def _may_follow(self, series: t.Series, doses: list[Dose], prior: int) -> bool:
        own = [d for d in doses if self._is_own(d) and not self._before_birth(d)]
        day = own[0].given.low if own else self.as_of
        if not series.in_force(day) or series.sex not in (None, self.person.sex):
            return False
        if prior < series.prior_min or (series.prior_max is not None and prior > series.prior_max):
            return False
        birth = self.person.birth
        if series.min_age and (birth is None or series.min_age.after(birth.high) > day):
            return False
        return not (series.below_age and birth and series.below_age.after(birth.high) <= day)

    def _primary(self, series: t.Series) -> int:
        return len({p.dose for p in self.tables.places if p.series == series.series and p.kind is Kind.PRIMARY})

    def _places(self, series: t.Series, place: int) -> list[t.Place]:
        return [p for p in self.tables.places if p.series == series.series and p.dose == place]

    def _platform(self, product: str) -> str:
        return self.products[product].platform

    def _about(self, rows: Iterable[About], walk: Walk) -> list[About]:
        return [r for r in rows if r.series in ("", walk.series.series) and r.dose in (None, walk.place)]

    def _age(self, day: Between, span: t.Span) -> int:
        """1 when surely that old on the day, -1 when surely not, 0 when the dates known do not tell."""
        birth = self.person.birth
        if birth is None:
            return 0
        return 1 if span.after(birth.high) <= day.low else -1 if span.after(birth.low) > day.high else 0
