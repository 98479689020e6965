"""The reference engine: one person, plain dates, read top to bottom. The compiled kernel must agree to the last reason."""

from dataclasses import replace
from datetime import date

from .. import tables as t
from ..words import Choose, Outcome
from .due import Forecasting
from .person import OTHER, Dose, Due, Person, Verdict, Walk, later_of


def judge_one(tables: t.Tables, target: t.Target, person: Person, as_of: date) -> tuple[list[Verdict], Due]:
    """Verdicts in the order of `person.doses`, and what is due."""
    return Judge(tables, target, person, as_of).answer()


class Judge(Forecasting):
    """Stretch by stretch: a season each, or the whole life."""

    def answer(self) -> tuple[list[Verdict], Due]:
        verdicts: list[Verdict] = []
        start, walk = Walk(self.tables.series[0], 0, 0, None), None
        stretches = self._stretches()
        for season, doses in stretches:
            walk = None if season == "none" else self._best(doses, start)
            prior = start.prior
            start = walk or self._uncounted(
                doses, start, "DOSE_OUTSIDE_SEASON" if season == "none" else "DOSE_NO_SERIES"
            )
            verdicts += start.verdicts
        due = self._due(stretches[-1][0], walk, prior)
        future = [
            Verdict(Outcome.NOT_VALID, "DOSE_IN_FUTURE") if self._is_own(d) else OTHER
            for d in self.doses[len(self.past) :]
        ]
        in_input_order = [OTHER] * len(self.doses)
        for n, verdict in zip(self.order, verdicts + future, strict=True):
            in_input_order[n] = verdict
        return in_input_order, replace(due, given=start.given)

    def _stretches(self) -> list[tuple[str, list[Dose]]]:
        """The doses by season, in order; the season of the answer comes last even when it has no dose."""
        stretches: list[tuple[str, list[Dose]]] = []
        for dose in self.past:
            season = self._season(dose.given.low)
            if not stretches or stretches[-1][0] != season:
                stretches.append((season, []))
            stretches[-1][1].append(dose)
        now = self._season(self.as_of)
        return stretches if stretches and stretches[-1][0] == now else [*stretches, (now, [])]

    def _uncounted(self, doses: list[Dose], start: Walk, reason: str) -> Walk:
        """A stretch in which no series is followed. A dose outside the seasons was a dose all the same."""
        walk = Walk(start.series, start.given, start.prior, start.previous)
        for dose in doses:
            verdict = self._aside(dose)
            if verdict is None:
                walk.given += 1
                walk.prior += reason == "DOSE_OUTSIDE_SEASON"
                walk.previous = later_of(dose.given, walk.previous)
                verdict = Verdict(Outcome.EXTRA, reason, number=walk.given)
            walk.verdicts.append(verdict)
        return walk

    def _best(self, doses: list[Dose], start: Walk) -> Walk | None:
        mine = [s for s in self.tables.series if s.target == self.target.target]
        walks = [self._walk(s, doses, start) for s in mine if self._may_follow(s, start.prior)]
        return min(walks, key=self._merit, default=None)

    def _merit(self, walk: Walk) -> tuple[object, ...]:
        count = len(walk.counted)
        if self.target.choose is Choose.EARLIEST_START:
            return (walk.first_on or date.max, walk.unsure_start, -count)
        last = walk.last.given.low if walk.last else date.max
        return (walk.place <= self._primary(walk.series), -count, last, walk.unsure_start)
