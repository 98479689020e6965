"""Runs a scenario: one deterministic course, its curves by day and group, and what it comes to."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .arrays import Arrays, arrays
from .contacts import basic_reproduction
from .kernel.course import course
from .kernel.seen import RECORDED
from .scenario import RUNGE_KUTTA, Disease, Layer, Scenario

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
    made = arrays(scenario)
    groups, districts, days = len(scenario.groups), len(scenario.districts), scenario.days
    state = made.state.copy()
    curves = np.zeros((days + 1, RECORDED, groups))
    by_district = np.zeros((days + 1, RECORDED, districts))
    new, used = np.empty((days, groups * districts)), np.zeros((len(scenario.vaccines), groups * districts))
    course(
        state, made.people, made.latent, made.ward, made.rates, made.infectiousness, made.susceptibility, made.hospital, made.fatal,
        made.fatal_inside, made.onto, made.waning, made.mixing, made.contacts, made.base, made.triggers, made.where,
        made.effects, made.arrivals, made.supply, made.plan, made.shares, made.tiers, made.sources, made.move_table,
        made.splits, made.vaccinated, scenario.steps_per_day, scenario.method == RUNGE_KUTTA, curves, by_district, new,
        used,
    )  # fmt: skip
    return finished(scenario, made, curves, by_district, new, used, state)


def finished(scenario: Scenario, made: Arrays, curves: F, by_district: F, new: F, used: F, state: F) -> Course:
    """A course from the filled arrays; one district's curve is that of all groups."""
    groups, districts = len(scenario.groups), len(scenario.districts)
    if districts == 1:
        by_district = (curves.reshape(-1, groups) @ np.ones(groups)).reshape(*curves.shape[:2], 1)
    return Course(
        scenario, curves, by_district, new.reshape(-1, groups, districts), used.reshape(-1, groups, districts), state,
        tuple(s.name for s in made.strata),
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


def compile_all() -> None:
    """Compiles the deterministic and the stochastic kernel once, so that nobody waits for them later."""
    from .ensemble import ensemble

    one = np.ones(1)
    disease = Disease(1.5, 3.0, 5.0, one, 0 * one, 0 * one)
    small = Scenario(
        "", 1, ("0+",), np.array([[1000.0]]), (Layer("all", np.ones((1, 1))),), disease, infectious=0.01 * one
    )
    run(small)
    ensemble(small, 1, 1)
