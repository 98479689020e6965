"""Which doses count: each against the next place of a series, by the rules of its own day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import groupby

from .. import tables as t
from ..words import Effect, From, Outcome, Relation
from .person import BEFORE_BIRTH, DOUBLE, OTHER, Between, Dose, Verdict, Walk, later_of
from .setting import Setting


class Judging(Setting):
    """Walks the doses of one stretch through one series."""

    def _walk(self, series: t.Series, doses: list[Dose], start: Walk) -> Walk:
        walk = Walk(series, start.given, start.prior, start.previous)
        for day, group in groupby(doses, key=lambda d: d.given):
            same_day = list(group)
            for each in [same_day] if day.low == day.high else [[dose] for dose in same_day]:
                self._take(walk, each)
        return walk

    def _aside(self, dose: Dose) -> Verdict | None:
        """The verdict of a record that no series has to look at."""
        if not self._is_own(dose):
            return OTHER
        if self._before_birth(dose):
            return BEFORE_BIRTH
        return DOUBLE if id(dose) in self.doubles else None

    def _take(self, walk: Walk, doses: list[Dose]) -> None:
        """Doses of one day: one of them counts at most, the one with the best verdict."""
        before = self._given_before(doses[0])
        found = [self._aside(dose) or self._verdict(walk, dose, before) for dose in doses]
        judged = [n for n, dose in enumerate(doses) if self._aside(dose) is None]
        best = min(
            (n for n in judged if found[n].outcome <= Outcome.UNSURE), key=lambda n: found[n].outcome, default=None
        )
        for n in judged:
            if best not in (None, n):
                found[n] = DOUBLE
                continue
            walk.given += 1
            found[n] = replace(found[n], number=walk.given, rank=walk.place if n == best else None)
            if n == best:
                self._count(walk, doses[n], found[n])
            elif found[n].reason == "DOSE_INTERVAL_SHORT":
                walk.repair = True
            walk.previous = later_of(doses[n].given, walk.previous)
        walk.verdicts += found

    def _count(self, walk: Walk, dose: Dose, verdict: Verdict) -> None:
        walk.last = Dose(later_of(dose.given, walk.last.given if walk.last else None), dose.product)
        walk.counted[walk.place] = dose
        walk.place += 1
        walk.repair = False
        walk.prior += 1
        if walk.first_on is None:
            walk.first_on = dose.given.low
            walk.unsure_start = self._may_start(walk.series, dose.given) == 0
        if verdict.outcome is Outcome.UNSURE and walk.unsure is None:
            walk.unsure = verdict
        primary = self._primary(walk.series)
        for row in self.conditions:
            if walk.place <= primary and row.effect is Effect.FINISH and row.in_force(dose.given.low):
                after = self._doses_after(walk, row.condition, dose.given.low)
                if after is not None and after >= (row.doses or 1):
                    walk.place = primary + 1
        if walk.place > primary and walk.complete_on is None:
            walk.complete_on = dose.given.low

    def _doses_after(self, walk: Walk, condition: str, day: date) -> int | None:
        starts = [h.since for h in self.person.conditions if h.condition == condition and h.since <= day]
        return min((sum(d.given.low >= since for d in walk.counted.values()) for since in starts), default=None)

    def _skip(self, walk: Walk, day: date) -> None:
        birth = self.person.birth
        while rows := self._places(walk.series, walk.place):
            live = [p for p in rows if p.in_force(day)]
            by_age = any(p.skip_from_age and birth and p.skip_from_age.after(birth.high) <= day for p in live)
            by_last = walk.last and any(
                p.skip_if_last_at and birth and p.skip_if_last_at.after(birth.high) <= walk.last.given.low for p in live
            )
            if not by_age and not by_last:
                return
            walk.place += 1

    def _verdict(self, walk: Walk, dose: Dose, before: list[Dose]) -> Verdict:
        """The worst finding about a dose given after others; of equally bad ones the first."""
        day = dose.given.low
        start = 1 if walk.counted else self._may_start(walk.series, dose.given)
        if start is None:
            return Verdict(Outcome.EXTRA, "DOSE_NO_SERIES")
        if start == -1:
            return Verdict(Outcome.NOT_VALID, "DOSE_TOO_YOUNG", walk.series.rule)
        self._skip(walk, day)
        rows = self._places(walk.series, walk.place)
        window = next((p for p in rows if p.in_force(day)), None)
        if window is None:
            after = not rows or walk.place > self._primary(walk.series)
            return Verdict(Outcome.EXTRA, "DOSE_AFTER_SERIES" if after else "DOSE_NOT_IN_FORCE", walk.series.rule)
        worst = Verdict(Outcome.VALID, "DOSE_VALID", window.rule)
        if dose.product is None:
            worst = Verdict(Outcome.UNSURE, "DOSE_PRODUCT_UNKNOWN", window.rule)
        else:
            option = self._option(walk, dose.product, day)
            if option is None:
                mixed = (
                    walk.last
                    and walk.last.product
                    and self._platform(walk.last.product) != self._platform(dose.product)
                )
                return Verdict(
                    Outcome.NOT_VALID, "DOSE_PLATFORM_MIXED" if mixed else "DOSE_PRODUCT_NOT_ALLOWED", window.rule
                )
            if option.min_volume_ml and dose.volume_ml is not None and dose.volume_ml < option.min_volume_ml:
                return Verdict(Outcome.NOT_VALID, "DOSE_VOLUME", option.rule)
            worst = self._of_option(option, dose, worst)
        if start == 0 and worst.outcome < Outcome.UNSURE:
            worst = Verdict(Outcome.UNSURE, "DOSE_AGE_UNCERTAIN", walk.series.rule)
        for finding in (*self._of_ages(walk, dose), *self._of_intervals(walk, dose, before), *self._of_spacing(dose)):
            if finding.outcome > worst.outcome:
                worst = finding
        return worst

    def _option(self, walk: Walk, product: str, day: date) -> t.Option | None:
        rows = [o for o in self._about(self.tables.options, walk) if product in self.tables.named(o.product)]
        in_force = self.products[product].in_force(day) and product in self.own
        return next(
            (o for o in rows if in_force and o.in_force(day) and self._related(o.relation, product, walk)), None
        )

    def _related(self, relation: Relation, product: str, walk: Walk) -> bool:
        if relation is Relation.ANY:
            return True
        if walk.last is None:
            return False
        if walk.last.product is None:
            return True
        if relation is Relation.SAME_PRODUCT:
            return product == walk.last.product
        same = self._platform(product) == self._platform(walk.last.product)
        return same if relation is Relation.SAME_PLATFORM else not same

    def _of_option(self, option: t.Option, dose: Dose, valid: Verdict) -> Verdict:
        outcome = max(option.outcome, Outcome.NOTE) if option.reason else option.outcome
        product = self.products[dose.product or ""]
        outside = any(
            (row.min_age and self._age(dose.given, row.min_age) == -1)
            or (row.below_age and self._age(dose.given, row.below_age) == 1)
            for row in (option, product)
        )
        if outcome < Outcome.REVIEW and outside:
            return Verdict(Outcome.REVIEW, "DOSE_PRODUCT_AGE", option.rule)
        if outcome is Outcome.VALID:
            return valid
        return Verdict(outcome, option.reason or valid.reason, option.rule)

    def _of_ages(self, walk: Walk, dose: Dose) -> Iterable[Verdict]:
        for row in self._about(self.tables.ages, walk):
            if row.in_force(dose.given.low):
                outcome, reason = self._of_age_row(row, dose.given)
                yield Verdict(outcome, reason, row.rule)

    def _of_age_row(self, row: t.Age, day: Between) -> tuple[Outcome, str]:
        old = self._age(day, row.below_age) if row.below_age else -1
        reached = self._age(day, row.accept_min) if row.accept_min else 1
        if old == 1:
            return row.outcome, "DOSE_TOO_OLD"
        if reached == -1:
            return row.outcome, "DOSE_TOO_YOUNG"
        if old == 0 or reached == 0:
            return Outcome.UNSURE, "DOSE_AGE_UNCERTAIN"
        if row.schedule_min and self._age(day, row.schedule_min) == -1:
            return Outcome.GRACE, "DOSE_AGE_GRACE"
        birth = self.person.birth
        if row.latest and birth and row.latest.after(birth.high) < day.low:
            return Outcome.NOTE, "DOSE_LATE"
        return Outcome.VALID, ""

    def _reference(self, row: t.Interval, walk: Walk, doses: list[Dose], day: date) -> Between | None:
        """The day from which an interval is measured; `doses` are the person's doses before."""
        match row.after:
            case From.PREVIOUS:
                return walk.previous
            case From.COUNTED:
                return walk.last.given if walk.last else None
            case From.DOSE:
                dose = walk.counted.get(int(row.argument))
                return dose.given if dose else None
            case From.PRODUCT:
                wanted = self.tables.named(row.argument)
                groups = {o.group for o in self.tables.others if o.product in wanted}
                wanted = [*wanted, *(o.product for o in self.tables.others if o.group in groups)]
                taken = [d for d in doses if not self._before_birth(d) and id(d) not in self.doubles]
                found = [d for d in taken if d.product in wanted]
                return found[-1].given if found else None
            case From.CONDITION:
                starts = [h.since for h in self.person.conditions if h.condition == row.argument and h.since <= day]
                return Between(max(starts), max(starts)) if starts else None

    def _of_intervals(self, walk: Walk, dose: Dose, before: list[Dose]) -> Iterable[Verdict]:
        for row in self._about(self.tables.intervals, walk):
            if not row.in_force(dose.given.low) or self._not_for(row, walk, dose.product):
                continue
            since = self._reference(row, walk, before, dose.given.low)
            if since is None:
                continue
            outcome, reason = self._gap(row, since, dose.given)
            if outcome is Outcome.VALID and row.latest and row.latest.after(since.high) < dose.given.low:
                outcome, reason = Outcome.NOTE, "DOSE_LATE"
            yield Verdict(outcome, reason, row.rule)

    def _given_before(self, dose: Dose) -> list[Dose]:
        return self.doses[: next(n for n, other in enumerate(self.doses) if other is dose)]

    def _not_for(self, row: t.Interval, walk: Walk, product: str | None) -> bool:
        if row.after is From.DOSE and int(row.argument) >= walk.place:
            return True
        return product is not None and product not in self.tables.named(row.product)

    def _gap(self, row: t.Interval | t.Spacing, since: Between, day: Between) -> tuple[Outcome, str]:
        if row.accept_min and row.accept_min.after(since.high) > day.low:
            if since.high <= day.low and row.accept_min.after(since.low) > day.high:
                return row.outcome, "DOSE_INTERVAL_SHORT"
            return Outcome.UNSURE, "DOSE_DATE_UNCERTAIN"
        if row.schedule_min and row.schedule_min.after(since.low) > day.high:
            return Outcome.GRACE, "DOSE_GRACE"
        return Outcome.VALID, ""

    def _others(self, row: t.Spacing) -> set[str]:
        """The vaccines of other targets that a spacing row names. Vaccines of one group stand together."""
        named = set(self.tables.named(row.other))
        groups = {o.group for o in self.tables.others if o.product in named}
        return (named | {o.product for o in self.tables.others if o.group in groups}) - self.own

    def _of_spacing(self, dose: Dose) -> Iterable[Verdict]:
        for row in self.tables.spacing:
            if (
                dose.product is None
                or not row.in_force(dose.given.low)
                or dose.product not in self.tables.named(row.product)
            ):
                continue
            for other in self.doses:
                if other.product not in self._others(row) or other.given.low > dose.given.low:
                    continue
                if other.given.low == dose.given.low:
                    outcome = Outcome.VALID if row.same_day else row.outcome
                else:
                    outcome = self._gap(row, other.given, dose.given)[0]
                outcome = Outcome.NOTE if outcome is Outcome.GRACE else outcome
                yield Verdict(outcome, "DOSE_SPACING", row.rule)
