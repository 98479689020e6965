"""Runs a scenario: one deterministic course, its curves by day and group, and what it comes to."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .arrays import Arrays, arrays
from .contacts import basic_reproduction
from .kernel.course import course
from .kernel.records import Record
from .kernel.seen import RECORDED
from .scenario import RUNGE_KUTTA, Scenario

F = NDArray[np.float64]
COMPARTMENTS = (
    "susceptible", "exposed", "infectious", "recovered", "dead", "infections", "hospital", "admissions", "vaccinated",
)  # fmt: skip
DEAD, INFECTIONS, HOSPITAL, ADMISSIONS, VACCINATED = 4, 5, 6, 7, 8
ALL = "all"


@dataclass(frozen=True, slots=True)
class Course:
    """What happened: `curves` (days + 1, COMPARTMENTS, groups) at the start of each day, the last row after the last day;
    `by_district` likewise; `new` infections (days, groups, districts); `doses` used (vaccines, groups, districts)."""

    scenario: Scenario
    curves: F
    by_district: F
    new: F
    doses: F
    state: F
    strata: tuple[str, ...]

    def total(self, compartment: str, day: int = -1) -> float:
        """People of all groups in a compartment on a day, the end by default."""
        return float(self.curves[day, COMPARTMENTS.index(compartment)].sum())


def run(scenario: Scenario) -> Course:
    """The deterministic course of a scenario that `check` has passed."""
    made, record = arrays(scenario), new_record(scenario)
    state = made.state.copy()
    course(
        state, made.people, made.rates, made.measures, made.doses, scenario.steps_per_day, scenario.method == RUNGE_KUTTA, record
    )  # fmt: skip
    return finished(scenario, made, record, state)


def new_record(scenario: Scenario) -> Record:
    """Nothing written yet."""
    groups, districts, days = len(scenario.groups), len(scenario.districts), scenario.days
    cells = groups * districts
    return Record(
        np.zeros((days + 1, RECORDED, groups)),
        np.zeros((days + 1, RECORDED, districts)),
        np.zeros((days, cells)),
        np.zeros((len(scenario.vaccines), cells)),
    )


def finished(scenario: Scenario, made: Arrays, record: Record, state: F) -> Course:
    """A course from the filled record; one district's curve is that of all groups."""
    groups, districts = len(scenario.groups), len(scenario.districts)
    curves, by_district = record.by_group, record.by_district
    if districts == 1:
        by_district = (curves.reshape(-1, groups) @ np.ones(groups)).reshape(*curves.shape[:2], 1)
    return Course(
        scenario, curves, by_district, record.new.reshape(-1, groups, districts), record.used.reshape(-1, groups, districts),
        state, tuple(s.name for s in made.strata),
    )  # fmt: skip


def outcome(result: Course, without: Course | None = None) -> pl.DataFrame:
    """By group and in all: people, infections, deaths, admissions, attack_rate, life years lost, doses; and averted.

    Infections are those of the run and who was exposed or infectious on day 0; `resolved` are those of them who had
    recovered or died by the end. Averted is against `without`, the same scenario with no dose.
    """
    frame = _counts(result)
    if without is not None:
        other = _counts(without)
        for name in ("infections", "deaths", "life_years"):
            frame = frame.with_columns((other[name] - frame[name]).alias(f"{name}_averted"))
    return frame


def _counts(result: Course) -> pl.DataFrame:
    scenario, last = result.scenario, result.curves[-1]
    people = scenario.people.sum(axis=1)
    years = scenario.by_group(scenario.life_years) * last[DEAD]
    still = last[1] + last[2]
    columns = {
        "people": people, "infections": last[INFECTIONS], "resolved": last[INFECTIONS] - still, "deaths": last[DEAD],
        "admissions": last[ADMISSIONS], "life_years": years, "doses": result.doses.sum(axis=(0, 2)),
    }  # fmt: skip
    frame = pl.DataFrame({"group": list(scenario.groups), **columns})
    whole = frame.select(pl.lit(ALL).alias("group"), pl.exclude("group").sum())
    return pl.concat([frame, whole]).with_columns(
        attack_rate=pl.when(pl.col("people") > 0).then(pl.col("infections") / pl.col("people"))
    )


def curves_frame(result: Course) -> pl.DataFrame:
    """Curves in long form: day, group, compartment, people; group `all` adds the groups up."""
    days, kinds, groups = result.curves.shape
    values = np.concatenate([result.curves, result.curves.sum(axis=2, keepdims=True)], axis=2)
    names = [*result.scenario.groups, ALL]
    return pl.DataFrame(
        {
            "day": np.repeat(np.arange(days), kinds * (groups + 1)),
            "group": np.tile(np.repeat(np.array(names), kinds), days),
            "compartment": np.tile(np.array(COMPARTMENTS), days * (groups + 1)),
            "people": values.transpose(0, 2, 1).ravel(),
        }
    )


def summary(result: Course, without: Course | None = None) -> dict[str, object]:
    """What goes into summary.json: r0, and by group and in all infections, deaths, attack_rate and what was averted."""
    rows = outcome(result, without).to_dicts()
    peak = result.curves[:, 2].sum(axis=1)
    return {
        "scenario": result.scenario.name,
        "days": result.scenario.days,
        "r0": basic_reproduction(result.scenario),
        "peak_day": int(peak.argmax()),
        "peak_infectious": float(peak.max()),
        "peak_hospital": float(result.curves[:, HOSPITAL].sum(axis=1).max()),
        "groups": {row.pop("group"): row for row in rows},
    }
