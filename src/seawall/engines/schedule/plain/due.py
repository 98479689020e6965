"""What is due next, by the rules in force on the day of the answer."""

from dataclasses import replace
from datetime import date, timedelta

from .. import tables as t
from ..words import LEVELS, Effect, Kind
from .person import Between, Due, Walk
from .verdict import Judging

DAY = timedelta(days=1)


class _Dates:
    """The four days of a forecast, drawn in row by row."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        self.earliest: date | None = None
        self.recommended: date | None = None
        self.latest = date.max
        self.overdue: tuple[date, str] = (date.max, "")
        self.too_old: tuple[date, str] = (date.max, "")
        self.unknown = ""

    def not_before(self, day: date | None, rule: str) -> None:
        if day and (self.earliest is None or day > self.earliest):
            self.earliest, self.rule = day, rule

    def recommend(self, day: date | None) -> None:
        if day and (self.recommended is None or day > self.recommended):
            self.recommended = day

    def end(self, row: t.Age | t.Interval, since: date) -> None:
        over = None
        if row.latest:
            self.latest = min(self.latest, row.latest.after(since))
            over = row.latest.after(since) + DAY
        if row.overdue:
            over = row.overdue.after(since)
        if over and over < self.overdue[0]:
            self.overdue = (over, row.rule)


class Forecasting(Judging):
    """The answer of one series, or of all that are open."""

    def _due(self, season: str, walk: Walk | None, prior: int) -> Due:
        if walk is None:
            return Due("ineligible", "DUE_OUTSIDE_SEASON" if season == "none" else "DUE_NO_SERIES")
        due = self._next(walk) if walk.counted else self._first(walk, prior)
        if walk.unsure and due.status != "ineligible":
            due = replace(due, status="review", reason=walk.unsure.reason, rule=walk.unsure.rule)
        return due

    def _first(self, walk: Walk, prior: int) -> Due:
        """Before anything counts: what the series that may start on the day of the answer offer, side by side."""
        today = Between(self.as_of, self.as_of)
        mine = [s for s in self.tables.series if s.target == self.target.target and self._may_follow(s, prior)]
        answers = [self._next(replace(walk, series=s, place=1)) for s in mine if self._may_start(s, today) == 1]
        if not answers:
            unsure = [s.rule for s in mine if self._may_start(s, today) == 0]
            return Due("review", "DUE_AGE_UNCERTAIN", unsure[0]) if unsure else Due("ineligible", "DUE_NO_SERIES")
        due = answers[0]
        for other in answers[1:]:
            due = _side_by_side(due, other)
        return due

    def _has(self, condition: str, day: date) -> bool:
        return any(h.condition == condition and h.since <= day <= (h.until or date.max) for h in self.person.conditions)

    def _next(self, walk: Walk) -> Due:
        today, series = self.as_of, walk.series
        complete = Due("complete", "DUE_COMPLETE", series.rule, series.series, complete_on=walk.complete_on)
        for row in self.conditions:
            if row.effect is Effect.IMMUNE and row.in_force(today) and self._has(row.condition, today):
                return replace(complete, reason="DUE_IMMUNE", rule=row.rule)
        self._skip(walk, today)
        primary = self._primary(series)
        done = walk.place > primary
        if done and walk.complete_on is None and walk.last:
            complete = replace(complete, complete_on=walk.last.given.low)
        rows = self._places(series, walk.place)
        window = next((p for p in rows if p.in_force(today)), None)
        if window is None:
            return complete if done else replace(complete, status="ineligible", reason="DUE_NOT_OFFERED_YET")
        refusal, opened = self._offered(walk, window.kind)
        if refusal and done:
            return complete
        due = replace(complete, rank=walk.place, needed=self._needed(walk, primary))
        if refusal:
            status = "review" if refusal[0] == "DUE_AGE_UNCERTAIN" else "ineligible"
            return replace(due, status=status, reason=refusal[0], rule=refusal[1], earliest=refusal[2])
        return self._dated(walk, window, opened, due)

    def _needed(self, walk: Walk, primary: int) -> int:
        rest = primary - walk.place + 1
        if rest <= 0:
            return 1
        for row in self.conditions:
            if row.effect is Effect.FINISH and row.in_force(self.as_of):
                after = self._doses_after(walk, row.condition, self.as_of)
                if after is not None:
                    rest = min(rest, max(1, (row.doses or 1) - after))
        return rest

    def _offered(self, walk: Walk, kind: Kind) -> tuple[tuple[str, str, date | None] | None, tuple[date | None, str]]:
        """Why the dose is not offered (None when it is), and from which day it has been, by which row."""
        rows = [o for o in self._about(self.tables.offers, walk) if o.kind in (None, kind)]
        live = [o for o in rows if o.in_force(self.as_of)]
        opened: tuple[date | None, str] = (None, "")
        if rows and not live:
            return ("DUE_NOT_OFFERED_YET", "", None), opened
        for level in LEVELS:
            here = [o for o in live if o.level == level]
            if not here:
                continue
            fits = [o for o in here if self._in_group(o) and self._of_offered_age(o) == (1, 1)]
            if not fits:
                return self._not_offered(here), opened
            best = min(fits, key=lambda o: self._offered_from(o) or date.min)
            since = self._offered_from(best)
            if (since or date.min) >= (opened[0] or date.min):
                opened = (since, best.rule)
        return None, opened

    def _in_group(self, row: t.Offer) -> bool:
        return row.sex in (None, self.person.sex) and (not row.condition or self._has(row.condition, self.as_of))

    def _of_offered_age(self, row: t.Offer) -> tuple[int, int]:
        """Old enough, young enough: each surely (1), surely not (-1) or not to be told (0)."""
        today, birth = Between(self.as_of, self.as_of), self.person.birth
        old = self._age(today, row.min_age) if row.min_age else 1
        young = -self._age(today, row.below_age) if row.below_age else 1
        if row.born_from and (birth is None or birth.low < row.born_from):
            young = min(young, -1 if birth and birth.high < row.born_from else 0)
        if row.born_to and (birth is None or birth.high > row.born_to):
            young = min(young, -1 if birth and birth.low > row.born_to else 0)
        return old, young

    def _offered_from(self, row: t.Offer) -> date | None:
        birth = self.person.birth
        days = [row.valid_from, row.min_age.after(birth.high) if row.min_age and birth else None]
        return max((d for d in days if d), default=None)

    def _not_offered(self, rows: list[t.Offer]) -> tuple[str, str, date | None]:
        group = [o for o in rows if self._in_group(o)]
        if not group:
            return "DUE_NOT_OFFERED_GROUP", rows[0].rule, None
        ages = {o.rule: self._of_offered_age(o) for o in group}
        unsure = [o for o in group if -1 not in ages[o.rule]]
        if unsure:
            return "DUE_AGE_UNCERTAIN", unsure[0].rule, None
        coming = [o for o in group if ages[o.rule] == (-1, 1)]
        if not coming:
            return "DUE_NOT_OFFERED_AGE", group[0].rule, None
        first = min(coming, key=lambda o: self._offered_from(o) or date.max)
        return "DUE_NOT_OFFERED_AGE", first.rule, self._offered_from(first)

    def _dated(self, walk: Walk, window: t.Place, opened: tuple[date | None, str], due: Due) -> Due:
        preferred, allowed = self._candidates(walk)
        dates = _Dates(window.rule)
        dates.not_before(window.valid_from, window.rule)
        dates.not_before(*opened)
        self._by_ages(walk, dates)
        self._by_intervals(walk, preferred + allowed, dates)
        self._by_spacing(preferred + allowed, dates)
        season_end = next((s.ends for s in self.tables.seasons if s.target == self.target.target
                           and s.begins <= self.as_of <= s.ends), date.max)  # fmt: skip
        if dates.unknown:
            return replace(due, status="review", reason="DUE_AGE_UNCERTAIN", rule=dates.unknown)
        day = max(self.as_of, dates.earliest or date.min)
        end = min(dates.too_old[0], season_end)
        latest = min(dates.latest, end)
        due = replace(
            due, rule=dates.rule, earliest=dates.earliest, recommended=dates.recommended,
            latest=None if latest == date.max else latest,
            overdue_from=None if dates.overdue[0] == date.max else dates.overdue[0],
        )  # fmt: skip
        due = _in_order(due, end)
        if day > dates.too_old[0]:
            return replace(due, status="ineligible", reason="DUE_TOO_OLD", rule=dates.too_old[1])
        if day > season_end:
            return replace(due, status="ineligible", reason="DUE_OUTSIDE_SEASON")
        fitting = [p for p in preferred + allowed if self._of_product_age(walk, p, day)]
        if not fitting:
            return replace(due, status="ineligible", reason="DUE_NO_PRODUCT")
        return self._conditions_speak(walk, due, day, preferred, allowed, fitting, dates, end)

    def _candidates(self, walk: Walk) -> tuple[list[str], list[str]]:
        uses: dict[str, list[str]] = {"preferred": [], "allowed": []}
        for product in (p.product for p in self.tables.products):
            if option := self._option(walk, product, self.as_of):
                uses["preferred" if option.use == "preferred" else "allowed"].append(product)
        return uses["preferred"], uses["allowed"]

    def _of_product_age(self, walk: Walk, product: str, day: date) -> bool:
        option, on = self._option(walk, product, self.as_of), Between(day, day)
        return not any(
            (row.min_age and self._age(on, row.min_age) == -1) or (row.below_age and self._age(on, row.below_age) == 1)
            for row in (option, self.products[product])
            if row
        )

    def _by_ages(self, walk: Walk, dates: "_Dates") -> None:
        birth = self.person.birth
        for row in self._about(self.tables.ages, walk):
            if not row.in_force(self.as_of):
                continue
            least = row.schedule_min or row.accept_min
            if birth is None:
                dates.unknown = dates.unknown or (row.rule if least else "")
                continue
            dates.not_before(least.after(birth.high) if least else None, row.rule)
            dates.recommend(row.recommended.after(birth.high) if row.recommended else None)
            dates.end(row, birth.high)
            if row.below_age and row.below_age.after(birth.high) - DAY < dates.too_old[0]:
                dates.too_old = (row.below_age.after(birth.high) - DAY, row.rule)

    def _by_intervals(self, walk: Walk, products: list[str], dates: "_Dates") -> None:
        for row in self._about(self.tables.intervals, walk):
            named = self.tables.named(row.product)
            if not row.in_force(self.as_of) or all(p not in named for p in products) or self._not_for(row, walk, None):
                continue
            since = self._reference(row, walk, self.past, self.as_of)
            if since:
                dates.not_before(row.schedule_min.after(since.high) if row.schedule_min else None, row.rule)
                dates.recommend(row.recommended.after(since.high) if row.recommended else None)
                dates.end(row, since.high)

    def _by_spacing(self, products: list[str], dates: "_Dates") -> None:
        for row in self.tables.spacing:
            named = self.tables.named(row.product)
            if row.in_force(self.as_of) and row.schedule_min and any(p in named for p in products):
                for other in self.past:
                    if other.product in self._others(row):
                        dates.not_before(row.schedule_min.after(other.given.high), row.rule)

    def _conditions_speak(
        self,
        walk: Walk,
        due: Due,
        day: date,
        preferred: list[str],
        allowed: list[str],
        free: list[str],
        dates: "_Dates",
        end: date,
    ) -> Due:
        forbidden_by, until, deferred_by = "", date.min, ""
        put_off: set[str] = set()
        for row in self.conditions:
            if row.effect not in (Effect.FORBID, Effect.DEFER) or not row.in_force(self.as_of):
                continue
            named = self.tables.named(row.product)
            for had in self.person.conditions:
                if had.condition != row.condition or had.since > self.as_of or (had.until or date.max) < day:
                    continue
                touches = any(p in named for p in free)
                if row.effect is Effect.FORBID:
                    forbidden_by = row.rule if touches else forbidden_by
                    free = [p for p in free if p not in named]
                else:
                    if touches and (had.until or date.max) > until:
                        until, deferred_by = had.until or date.max, row.rule
                    put_off.update(named)
        left = [p for p in free if p not in put_off]
        shown = left or free
        due = replace(
            due, preferred=tuple(p for p in preferred if p in shown), allowed=tuple(p for p in allowed if p in shown)
        )
        if not free:
            return replace(due, status="contraindicated", reason="DUE_CONDITION_FORBIDS", rule=forbidden_by)
        if not left:
            due = replace(due, status="deferred", reason="DUE_CONDITION_DEFERS", rule=deferred_by)
            if until == date.max:
                return due
            earliest = max(due.earliest or date.min, until + DAY)
            return _in_order(replace(due, deferred_until=until, earliest=earliest), end)
        return self._named(walk, due, dates)

    def _named(self, walk: Walk, due: Due, dates: "_Dates") -> Due:
        if due.earliest and self.as_of < due.earliest:
            return replace(due, status="not_yet", reason="DUE_REPAIR_LATER" if walk.repair else "DUE_LATER")
        if due.overdue_from and self.as_of >= due.overdue_from:
            return replace(due, status="overdue", reason="DUE_OVERDUE", rule=dates.overdue[1])
        if walk.repair:
            reason = "DUE_REPAIR"
        elif not walk.counted:
            reason = "DUE_FIRST"
        else:
            reason = "DUE_BOOSTER" if walk.place > self._primary(walk.series) else "DUE_NEXT"
        return replace(due, status="due", reason=reason)


def _in_order(due: Due, end: date) -> Due:
    """No day on time or overdue comes before the first day allowed; past the last day of all, no day is allowed."""
    first, latest = due.earliest, due.latest
    if first and first > end:
        return replace(due, earliest=None, recommended=None)
    advised = max(filter(None, (due.recommended, first)), default=None)
    late = due.overdue_from
    if first:
        latest = latest and max(latest, first)
        late = late and max(late, first + DAY)
    return replace(
        due, latest=latest, overdue_from=late, recommended=min(advised, latest) if advised and latest else advised
    )


def _side_by_side(due: Due, other: Due) -> Due:
    """Before anything counts every series is open: the products of all that are offered stand side by side."""
    if other.status in ("ineligible", "complete"):
        return due
    if due.status == "ineligible" or (due.status == "contraindicated" and other.status != "contraindicated"):
        return other
    preferred = due.preferred + other.preferred
    return replace(
        due, preferred=preferred, allowed=tuple(p for p in due.allowed + other.allowed if p not in preferred)
    )
