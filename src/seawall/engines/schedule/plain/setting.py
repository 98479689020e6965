"""What every part of the reference engine looks at: the tables, the person, the day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from .. import tables as t
from ..words import Kind
from .person import Between, Dose, Person, Walk

About = TypeVar("About", t.Option, t.Age, t.Interval, t.Offer)
MONTH = timedelta(days=30)  # a date known to the month lies this far apart, or less


class Setting:
    """The tables of one target, one person, and the day of the answer."""

    def __init__(self, tables: t.Tables, target: t.Target, person: Person, as_of: date) -> None:
        self.tables, self.target, self.as_of = tables, target, as_of
        self.products = {p.product: p for p in tables.products}
        self.own = {p.product for p in tables.products if target.target in p.targets}
        self.name = {p.product: p.product for p in tables.products} | {o.product: o.group for o in tables.others}
        self.person = person
        self.order = sorted(range(len(person.doses)), key=lambda n: (*self._fullness(person.doses[n]), n))
        known = [
            d if d.product in self.name else replace(d, product=None) for d in map(person.doses.__getitem__, self.order)
        ]
        against = {o.product for o in tables.others if target.target in o.targets}
        self.own |= against
        doubles = [self._is_double(dose, known) for dose in known]
        self.doses = [replace(d, product=None) if d.product in against else d for d in known]
        self.doubles = {id(dose) for dose, double in zip(self.doses, doubles, strict=True) if double}
        self.past = [d for d in self.doses if d.given.low <= as_of]
        self.conditions = [c for c in tables.conditions if c.target in ("", target.target)]

    def _fullness(self, dose: Dose) -> tuple[date, date, bool, str, bool]:
        """The order in which doses are judged: by day, and of one day the record that says more first."""
        name = self.name.get(dose.product or "", "")
        return dose.given.low, dose.given.high, not name, name, dose.volume_ml is None

    def _is_double(self, dose: Dose, doses: list[Dose]) -> bool:
        """Whether another record may be of the same injection and says more: the product, or the day of the month."""
        if not self._is_taken(dose) or dose.given.high - dose.given.low > MONTH:
            return False
        name = self.name.get(dose.product or "")
        for other in doses:
            within = dose.given.low <= other.given.low <= other.given.high <= dose.given.high
            named = self.name.get(other.product or "")
            if within and self._is_taken(other) and other.given.low <= self.as_of and name in (None, named):
                narrower = other.given.high - other.given.low < dose.given.high - dose.given.low
                if narrower or (name is None and named):
                    return True
        return False

    def _is_taken(self, dose: Dose) -> bool:
        return self._is_own(dose) and not self._before_birth(dose)

    def _season(self, day: date) -> str:
        mine = [s for s in self.tables.seasons if s.target == self.target.target]
        if not mine:
            return "life"
        return next((s.season for s in mine if s.begins <= day <= s.ends), "none")

    def _is_own(self, dose: Dose) -> bool:
        return dose.product is None or dose.product in self.own

    def _before_birth(self, dose: Dose) -> bool:
        return self.person.birth is not None and dose.given.high < self.person.birth.low

    def _may_follow(self, series: t.Series, prior: int) -> bool:
        """Whether sex and doses of earlier seasons let the person follow a series at all."""
        if series.sex not in (None, self.person.sex):
            return False
        return series.prior_min <= prior and (series.prior_max is None or prior <= series.prior_max)

    def _may_start(self, series: t.Series, day: Between) -> int | None:
        """Whether a series may start on a day: 1 surely, 0 not to be told, -1 surely too young, None closed or too old."""
        if not series.in_force(day.low) or (series.below_age and self._age(day, series.below_age) == 1):
            return None
        return self._age(day, series.min_age) if series.min_age else 1

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
