"""A schedule as frozen rows: one class per table, each rule row with its validity and its source."""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar

from .words import Choose, Effect, From, Kind, Level, Outcome, Relation, Use

TERM = re.compile(r"([+-]?\d+)([dwmy])")
WHOLE = re.compile(r"\d+[dwmy]([+-]\d+[dwmy])*")


@dataclass(frozen=True, slots=True)
class Span:
    """Calendar months, then days: weeks are seven days, months clip to the month's end."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> "Span":
        if not WHOLE.fullmatch(text):
            raise ValueError(text)
        months = days = 0
        for number, unit in TERM.findall(text):
            months += int(number) * {"m": 1, "y": 12}.get(unit, 0)
            days += int(number) * {"d": 1, "w": 7}.get(unit, 0)
        return cls(months, days)

    def after(self, day: date) -> date:
        months = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(months, 12)
        clipped = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return clipped + timedelta(days=self.days)

    def rough(self) -> int:
        """Days, for comparing two spans in a check."""
        return self.months * 30 + self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every rule row states about itself."""

    table: ClassVar[str] = ""
    rule: str
    valid_from: date | None
    valid_to: date | None
    level: Level
    issuer: str
    document: str
    clause: str
    mark: str
    line: int = 0

    def in_force(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vaccine(Row):
    """What is known of any vaccine: our code, codes of others, whether it is live."""

    product: str
    live: bool
    cvx: str
    cn: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Vaccine):
    table: ClassVar[str] = "products.csv"
    platform: str
    targets: tuple[str, ...]
    course: int
    volume_ml: float | None
    min_age: Span | None
    below_age: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Other(Vaccine):
    """A vaccine that the schedule does not give: of another programme, or, with `targets`, against its own by no name here."""

    table: ClassVar[str] = "others.csv"
    group: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series(Row):
    """A way to become complete; the person's sex, age at its first dose and earlier doses decide who may follow it."""

    table: ClassVar[str] = "series.csv"
    series: str
    target: str
    sex: int | None
    min_age: Span | None
    below_age: Span | None
    prior_min: int
    prior_max: int | None
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Row):
    """A place in a series: while no row is in force, no such dose exists."""

    table: ClassVar[str] = "doses.csv"
    series: str
    dose: int
    kind: Kind
    skip_from_age: Span | None
    skip_if_last_at: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Row):
    """A product, or a platform, for a place in a series."""

    table: ClassVar[str] = "options.csv"
    series: str
    dose: int | None
    product: str
    relation: Relation
    use: Use
    min_age: Span | None
    below_age: Span | None
    min_volume_ml: float | None = None
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Row):
    """Ages that the schedule itself sets for a dose. Who is offered it is another table."""

    table: ClassVar[str] = "ages.csv"
    series: str
    dose: int | None
    accept_min: Span | None
    schedule_min: Span | None
    recommended: Span | None
    latest: Span | None
    overdue: Span | None
    below_age: Span | None
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(Row):
    table: ClassVar[str] = "intervals.csv"
    series: str
    dose: int | None
    after: From
    argument: str
    product: str
    accept_min: Span | None
    schedule_min: Span | None
    recommended: Span | None
    latest: Span | None
    overdue: Span | None
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Row):
    """Who is offered a dose: rows of one level are alternatives, levels apply together."""

    table: ClassVar[str] = "offers.csv"
    series: str
    dose: int | None
    kind: Kind | None
    sex: int | None
    min_age: Span | None
    below_age: Span | None
    condition: str
    born_from: date | None
    born_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Row):
    table: ClassVar[str] = "conditions.csv"
    condition: str
    effect: Effect
    target: str
    product: str
    doses: int
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing(Row):
    """The gap to vaccines of other targets, in both directions."""

    table: ClassVar[str] = "spacing.csv"
    product: str
    other: str
    same_day: bool
    accept_min: Span | None
    schedule_min: Span | None
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Season(Row):
    """A stretch of days in which a target starts anew; earlier doses only say whether there was one."""

    table: ClassVar[str] = "seasons.csv"
    season: str
    target: str
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Target:
    target: str
    choose: Choose
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Tables:
    """Every row of a folder, in file order."""

    programme: str
    name_zh: str
    name_en: str
    targets: tuple[Target, ...]
    products: tuple[Product, ...]
    series: tuple[Series, ...]
    places: tuple[Place, ...]
    options: tuple[Option, ...]
    ages: tuple[Age, ...] = ()
    intervals: tuple[Interval, ...] = ()
    offers: tuple[Offer, ...] = ()
    conditions: tuple[Condition, ...] = ()
    spacing: tuple[Spacing, ...] = ()
    seasons: tuple[Season, ...] = ()
    others: tuple[Other, ...] = ()
    rules: dict[str, Row] = field(default_factory=dict)

    def vaccines(self) -> tuple[Vaccine, ...]:
        return (*self.products, *self.others)

    def groups(self) -> list[str]:
        return list(dict.fromkeys(other.group for other in self.others))

    def named(self, text: str) -> list[str]:
        """The products that a cell names: blank for all, or codes, `platform:X`, `group:X`, `live`, joined by `|`."""
        if text in ("", "any"):
            return [p.product for p in self.vaccines()]
        return [code for part in text.split("|") for code in self._named(part)]

    def _named(self, part: str) -> list[str]:
        if part == "live":
            return [p.product for p in self.vaccines() if p.live]
        if part.startswith("platform:"):
            return [p.product for p in self.products if p.platform == part[9:]]
        if part.startswith("group:"):
            return [o.product for o in self.others if o.group == part[6:]]
        return [part]
