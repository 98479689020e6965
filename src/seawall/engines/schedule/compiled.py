"""Turns the rows of one target into the integer tables that the kernel reads."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import tables as t
from .kernel import layout as at
from .kernel.columns import Grid
from .kernel.layout import EVER, NONE
from .words import CHOICES, EFFECTS, FROMS, LEVELS, REASONS, RELATIONS, From, Kind, Use

EPOCH = date(1970, 1, 1).toordinal()
UNKNOWN_PLACE = 127  # after all vaccines, of which there are fewer
WIDTHS = (0, at.MONTH, 366)  # the most days between the ends of a day, a month and a year


class Lexicon(NamedTuple):
    """Positions of codes: vaccines (own products, then groups of others), conditions, rules and reasons.

    `places`: each vaccine's place in the alphabet, the order of the records of one day; tables may stand in any order.
    """

    products: list[str]
    vaccines: dict[str, int]
    conditions: list[str]
    rules: list[str]
    reasons: list[str]
    series: list[str]
    places: list[int]


def lexicon(tables: t.Tables) -> Lexicon:
    products = [p.product for p in tables.products]
    vaccines = {code: number for number, code in enumerate(products)}
    groups = tables.groups()
    vaccines.update({other.product: len(products) + groups.index(other.group) for other in tables.others})
    reasons = list(dict.fromkeys([*REASONS, *(o.reason for o in tables.options if o.reason)]))
    conditions = list(dict.fromkeys(row.condition for row in tables.conditions))
    names = [*products, *groups]
    places = [sorted(set(names)).index(name) for name in names]
    series = [s.series for s in tables.series]
    return Lexicon(products, vaccines, conditions, ["", *tables.rules], reasons, series, places)


def day_number(day: date | None, absent: int) -> int:
    return absent if day is None else day.toordinal() - EPOCH


def judging_order(
    low: NDArray[Any], high: NDArray[Any], vaccine: NDArray[Any], unsaid: NDArray[Any], words: Lexicon
) -> NDArray[np.int64]:
    """A number for each dose that puts those of a person in order: by day, and of one day the fuller record first.

    From low to high: what is not said (volume, lot), the vaccine by its name and unknown last, how much of the date is
    known (a day, a month, a year or nothing), and the first day that it may mean.
    """
    place = np.array([*words.places, UNKNOWN_PLACE], np.int64)[vaccine]
    width = np.searchsorted(WIDTHS, high.astype(np.int64) - low)
    return (((low.astype(np.int64) + EVER) << 2 | width) << 7 | place) << 2 | unsaid


def compile_target(tables: t.Tables, words: Lexicon, target: t.Target) -> Grid:
    return _Target(tables, words, target).compiled()


def _span(span: t.Span | None) -> list[int]:
    return [NONE, 0] if span is None else [span.months, span.days]


class _Target:
    def __init__(self, tables: t.Tables, words: Lexicon, target: t.Target) -> None:
        self.tables, self.words, self.target = tables, words, target
        self.rule = {rule: number for number, rule in enumerate(words.rules)}
        self.windows: list[list[int]] = []
        self.options: list[list[int]] = []
        self.ages: list[list[int]] = []
        self.intervals: list[list[int]] = []
        self.offers: list[list[int]] = []
        self.places: list[list[int]] = []

    def compiled(self) -> Grid:
        series = [self._series(row) for row in self.tables.series if row.target == self.target.target]
        seasons = [row for row in self.tables.seasons if row.target == self.target.target]
        parts = {
            "series": series,
            "places": self.places,
            "windows": self.windows,
            "options": self.options,
            "ages": self.ages,
            "intervals": self.intervals,
            "offers": self.offers,
            "conditions": [self._condition(row) for row in self._mine(self.tables.conditions)],
            "spacing": [self._spacing(row) for row in self.tables.spacing],
            "seasons": [self._season(row) for row in sorted(seasons, key=lambda row: row.begins)],
        }
        return self._stacked(parts, bool(seasons))

    def _stacked(self, parts: dict[str, list[list[int]]], seasonal: bool) -> Grid:
        """One table of all parts; rows that name other rows are moved with them."""
        vaccines = self._vaccines()
        offsets, row = {}, at.VACCINES + len(vaccines)
        for name, lines in parts.items():
            offsets[name] = row
            row += len(lines)
        rules = np.zeros((row, at.WIDTH), np.int64)
        rules[0, [at.H_CHOOSE, at.H_SEASONAL]] = CHOICES.index(self.target.choose), int(seasonal)
        for column, name in ((at.H_SERIES, "series"), (at.H_CONDITIONS, "conditions"), (at.H_SPACING, "spacing"),
                             (at.H_SEASONS, "seasons")):  # fmt: skip
            rules[0, column : column + 2] = offsets[name], offsets[name] + len(parts[name])
        for row, line in enumerate(vaccines, at.VACCINES):
            rules[row, : len(line)] = line
        for name, lines in parts.items():
            for row, line in enumerate(lines, offsets[name]):
                rules[row, : len(line)] = line
        places = slice(offsets["places"], offsets["windows"])
        for column, name in ((at.P_WIN, "windows"), (at.P_OPT, "options"), (at.P_AGE, "ages"), (at.P_INT, "intervals"),
                             (at.P_OFF, "offers")):  # fmt: skip
            rules[places, column : column + 2] += offsets[name]
        rules[offsets["series"] : offsets["places"], at.S_FIRST : at.S_LAST + 1] += offsets["places"]
        return rules

    def _mine(self, rows: Iterable[t.Condition]) -> list[t.Condition]:
        return [row for row in rows if row.target in ("", self.target.target)]

    def _start(self, row: t.Row) -> list[int]:
        return [day_number(row.valid_from, -EVER), day_number(row.valid_to, EVER), self.rule[row.rule]]

    def mask(self, text: str) -> int:
        mask = 0
        for code in self.tables.named(text):
            mask |= 1 << self.words.vaccines[code]
        return mask

    def _series(self, row: t.Series) -> list[int]:
        first = len(self.places)
        places = [place for place in self.tables.places if place.series == row.series]
        count = max(place.dose for place in places)
        primary = len({place.dose for place in places if place.kind is Kind.PRIMARY})
        for dose in range(1, count + 1):
            self._place(row.series, dose, [place for place in places if place.dose == dose])
        since, until, rule = self._start(row)
        return [
            first, first + count, primary, NONE if row.sex is None else row.sex, *_span(row.min_age), *_span(row.below_age),
            row.prior_min, NONE if row.prior_max is None else row.prior_max, rule, since, until,
            self.words.series.index(row.series),
        ]  # fmt: skip

    def _place(self, series: str, dose: int, windows: list[t.Place]) -> None:
        kind = windows[0].kind
        marks = [len(self.windows), len(self.options), len(self.ages), len(self.intervals), len(self.offers)]
        self.windows += [[*self._start(w), *_span(w.skip_from_age), *_span(w.skip_if_last_at)] for w in windows]
        self.options += [line for o in self.tables.options if _about(o, series, dose) for line in self._option(o)]
        self.ages += [self._age(a) for a in self.tables.ages if _about(a, series, dose)]
        self.intervals += [
            line for i in self.tables.intervals if _about(i, series, dose) for line in self._interval(i, dose)
        ]
        offers = [o for o in self.tables.offers if _about(o, series, dose) and o.kind in (None, kind)]
        self.offers += [self._offer(o) for o in sorted(offers, key=lambda o: LEVELS.index(o.level))]
        ends = [len(self.windows), len(self.options), len(self.ages), len(self.intervals), len(self.offers)]
        pairs = [number for pair in zip(marks, ends, strict=True) for number in pair]
        self.places.append([*pairs, int(kind is Kind.BOOSTER), int(bool(offers))])

    def _option(self, row: t.Option) -> list[list[int]]:
        mine = {p.product: self._start(p) for p in self.tables.products if self.target.target in p.targets}
        start, end, rule = self._start(row)
        spans = [*_span(row.min_age), *_span(row.below_age)]
        reason = self.words.reasons.index(row.reason)
        volume = NONE if row.min_volume_ml is None else round(row.min_volume_ml * 1000)
        return [
            [max(start, mine[code][0]), min(end, mine[code][1]), rule, self.words.vaccines[code],
             RELATIONS.index(row.relation), int(row.use is not Use.PREFERRED), *spans, int(row.outcome), reason, volume]
            for code in self.tables.named(row.product) if code in mine
        ]  # fmt: skip

    def _age(self, row: t.Age) -> list[int]:
        spans = [*_span(row.accept_min), *_span(row.schedule_min), *_span(row.recommended), *_span(row.latest)]
        return [*self._start(row), *spans, *_span(row.overdue), *_span(row.below_age), int(row.outcome)]

    def _interval(self, row: t.Interval, dose: int) -> list[list[int]]:
        argument = 0
        if row.after is From.DOSE:
            argument = int(row.argument)
            if argument >= dose:
                return []
        elif row.after is From.PRODUCT:
            argument = self.mask(row.argument)
        elif row.after is From.CONDITION:
            argument = self.words.conditions.index(row.argument)
        spans = [*_span(row.accept_min), *_span(row.schedule_min), *_span(row.recommended), *_span(row.latest)]
        return [[*self._start(row), self.mask(row.product), FROMS.index(row.after), argument, *spans, *_span(row.overdue),
                 int(row.outcome)]]  # fmt: skip

    def _offer(self, row: t.Offer) -> list[int]:
        condition = self.words.conditions.index(row.condition) if row.condition else NONE
        return [*self._start(row), LEVELS.index(row.level), NONE if row.sex is None else row.sex, *_span(row.min_age),
                *_span(row.below_age), condition, day_number(row.born_from, -EVER), day_number(row.born_to, EVER)]  # fmt: skip

    def _condition(self, row: t.Condition) -> list[int]:
        effect = EFFECTS.index(row.effect)
        return [
            *self._start(row),
            self.words.conditions.index(row.condition),
            effect,
            self.mask(row.product),
            row.doses or 1,
        ]

    def _spacing(self, row: t.Spacing) -> list[int]:
        spans = [*_span(row.accept_min), *_span(row.schedule_min)]
        return [
            *self._start(row),
            self.mask(row.product),
            self.mask(row.other),
            int(row.same_day),
            *spans,
            int(row.outcome),
        ]

    def _season(self, row: t.Season) -> list[int]:
        return [day_number(row.begins, -EVER), day_number(row.ends, EVER), self.rule[row.rule]]

    def _vaccines(self) -> list[list[int]]:
        platforms = list(dict.fromkeys(p.platform for p in self.tables.products))
        own = [
            [platforms.index(p.platform), *_span(p.min_age), *_span(p.below_age), int(self.target.target in p.targets)]
            for p in self.tables.products
        ]
        against = {other.group for other in self.tables.others if self.target.target in other.targets}
        return own + [[NONE, NONE, 0, NONE, 0, int(group in against)] for group in self.tables.groups()]


def _about(row: t.Option | t.Age | t.Interval | t.Offer, series: str, dose: int) -> bool:
    return row.series in ("", series) and row.dose in (None, dose)
