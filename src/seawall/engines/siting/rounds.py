"""Rounds of mobile teams: which stops on which round, in which order, so that most people are served and least is driven."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyvrp
from pyvrp import PenaltyParams, SolveParams
from pyvrp.stop import MaxIterations

from .case import Floats

MINUTE = 60  # the solver counts whole seconds


@dataclass(frozen=True)
class Session:
    """What a stop costs in time: `setup` minutes, 60 / `rate` for each person, `observe` minutes after the last one."""

    rate: float = 80.0
    setup: float = 20.0
    observe: float = 30.0

    def minutes(self, people: Floats) -> Floats:
        return self.setup + 60.0 * people / self.rate + self.observe

    def people(self, minutes: Floats) -> Floats:
        """How many fit into a session of so many minutes."""
        return np.floor(np.maximum(0.0, (minutes - self.setup - self.observe) * self.rate / 60.0) + 1e-9)


@dataclass(frozen=True)
class Teams:
    """One row for each round that can be driven: home place, start and end (minutes of the day), limits in minutes and doses."""

    name: list[str]
    home: np.ndarray
    start: Floats
    end: Floats
    driving: Floats
    cold: Floats
    doses: np.ndarray

    @property
    def span(self) -> Floats:
        """The longest that a round may last: its hours, and as long as its cold box holds."""
        return np.minimum(self.end - self.start, self.cold)


@dataclass(frozen=True)
class Stops:
    """Place, due people, and the minutes of the day between which the whole session lies."""

    name: list[str]
    place: np.ndarray
    due: np.ndarray
    opens: Floats
    closes: Floats


@dataclass(frozen=True)
class Rounds:
    """`visits` in order of driving, `left` (people not visited, with the reason), and the numbers of the whole."""

    visits: pl.DataFrame
    left: pl.DataFrame
    served: int
    bound: int
    driven: float


def plan_rounds(
    stops: Stops, teams: Teams, minutes: Floats, session: Session, *, iterations: int = 2_000, seed: int = 1
) -> Rounds:
    """Prize-collecting vehicle routing with time windows, solved by PyVRP (Wouda, Lan & Kool 2024, INFORMS J Computing 36:943-955).

    `minutes` (places x places) is the driving time. A stop with more people than one round can serve is divided into
    equal visits. One person more is worth the longest drive that a round may make. Each round keeps to its driving, its hours, its
    cold box (closed on leaving, emptied on return) and its doses; a session lies within its stop's hours, and ends
    with observation. `bound`: nobody can serve more (doses, and stops that no round can reach alone).
    """
    pieces = _pieces(stops, teams, minutes, session)
    result = _model(pieces, teams, minutes, session, seconds_=_seconds(minutes)).solve(
        MaxIterations(iterations), seed=seed, display=False, params=SolveParams(penalty=PenaltyParams(max_penalty=1e9))
    )
    if not result.is_feasible():
        return _told(stops, teams, minutes, session, pieces, [])
    return _told(stops, teams, minutes, session, pieces, result.best.routes())


@dataclass(frozen=True)
class _Pieces:
    """Visits that one round can make: the stop, the people."""

    stop: np.ndarray
    people: np.ndarray
    place: np.ndarray
    opens: Floats
    closes: Floats


def _seconds(minutes: Floats) -> np.ndarray:
    return np.ceil(np.nan_to_num(minutes, posinf=1e7) * MINUTE - 1e-6).astype(np.int64)


def _alone(stops: Stops, teams: Teams, minutes: Floats, session: Session) -> tuple[np.ndarray, Floats]:
    """For each stop the most people that a round could serve if it went nowhere else, and the shortest way there and back."""
    most, way = np.zeros(len(stops.name), np.int64), np.full(len(stops.name), np.inf)
    for t in range(len(teams.name)):
        out, back = minutes[teams.home[t], stops.place], minutes[stops.place, teams.home[t]]
        begin = np.maximum(stops.opens, teams.start[t] + out)
        stay = np.minimum.reduce([stops.closes - begin, teams.end[t] - back - begin, teams.span[t] - out - back])
        slack = 2.0 / MINUTE  # each of two ways is rounded up to a second
        fits = np.where(out + back + slack <= teams.driving[t], session.people(stay - slack), 0)
        most = np.maximum(most, np.minimum(fits, teams.doses[t]).astype(np.int64))
        way = np.minimum(way, out + back)
    return most, way


def _pieces(stops: Stops, teams: Teams, minutes: Floats, session: Session) -> _Pieces:
    most, _ = _alone(stops, teams, minutes, session)
    stop, people = [], []
    for i in np.flatnonzero((most > 0) & (stops.due > 0)):
        count = -(-int(stops.due[i]) // int(most[i]))
        for share in np.array_split(np.arange(stops.due[i]), count):
            stop.append(i)
            people.append(len(share))
    at = np.array(stop, np.int64)
    return _Pieces(at, np.array(people, np.int64), stops.place[at], stops.opens[at], stops.closes[at])


def _model(pieces: _Pieces, teams: Teams, minutes: Floats, session: Session, seconds_: np.ndarray) -> pyvrp.Model:
    model = pyvrp.Model()
    places = [model.add_location(0, 0) for _ in range(len(minutes))]
    prize = int(min(teams.driving.max(initial=0.0), 24 * 60) * MINUTE) + 1
    for k in range(len(pieces.stop)):
        lasts = int(np.ceil(session.minutes(pieces.people[k]) * MINUTE))
        model.add_client(
            places[pieces.place[k]], delivery=[int(pieces.people[k])], service_duration=lasts,
            tw_early=int(np.ceil(pieces.opens[k] * MINUTE)), tw_late=int(pieces.closes[k] * MINUTE) - lasts,
            prize=prize * int(pieces.people[k]), required=False,
        )  # fmt: skip
    homes = {int(home): model.add_depot(places[home]) for home in dict.fromkeys(teams.home)}
    for t in range(len(teams.name)):
        home = homes[int(teams.home[t])]
        model.add_vehicle_type(
            1, [int(teams.doses[t])], home, home, tw_early=int(np.ceil(teams.start[t] * MINUTE)),
            tw_late=int(teams.end[t] * MINUTE), shift_duration=int(teams.span[t] * MINUTE),
            max_distance=int(teams.driving[t] * MINUTE), name=str(t),
        )  # fmt: skip
    used = np.unique(np.concatenate((pieces.place, teams.home)))
    for a in used:
        for b in used:
            model.add_edge(places[a], places[b], distance=int(seconds_[a, b]), duration=int(seconds_[a, b]))
    return model


def _told(
    stops: Stops, teams: Teams, minutes: Floats, session: Session, pieces: _Pieces, routes: list[pyvrp.Route]
) -> Rounds:
    rows, driven = [], 0.0
    for route in sorted(routes, key=lambda one: one.vehicle_type()):
        t, at, schedule = route.vehicle_type(), teams.home[route.vehicle_type()], route.schedule()
        for order, step in enumerate(schedule):
            k = step.idx if step.is_client() else None
            place = pieces.place[k] if k is not None else teams.home[t]
            way = float(minutes[at, place]) if order else 0.0
            driven, at = driven + way, place
            name = stops.name[pieces.stop[k]] if k is not None else None
            people = int(pieces.people[k]) if k is not None else 0
            rows.append((teams.name[t], order, name, way, step.start_time / MINUTE, step.end_time / MINUTE, people))
    names = ("round", "order", "stop", "drive_minutes", "starts", "ends", "people")
    kinds = (pl.String, pl.Int64, pl.String, pl.Float64, pl.Float64, pl.Float64, pl.Int64)
    visits = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
    left = _left(stops, teams, minutes, session, visits)
    most, _ = _alone(stops, teams, minutes, session)
    bound = int(min(teams.doses.sum(), stops.due[most > 0].sum()))
    return Rounds(visits, left, int(visits["people"].sum()), bound, driven)


def _left(stops: Stops, teams: Teams, minutes: Floats, session: Session, visits: pl.DataFrame) -> pl.DataFrame:
    """Stops with people who are not visited: `far` (no round may drive there and back), `short` (no time for a session
    there), or `full` (every round has more people elsewhere)."""
    most, way = _alone(stops, teams, minutes, session)
    told = dict(visits.filter(pl.col("stop").is_not_null()).group_by("stop").agg(pl.col("people").sum()).iter_rows())
    left = stops.due - np.array([told.get(name, 0) for name in stops.name], np.int64)
    why = np.where(most > 0, "full", np.where(way > teams.driving.max(initial=0.0), "far", "short"))
    table = pl.DataFrame({"stop": stops.name, "people": left, "reason": why}, schema_overrides={"people": pl.Int64})
    return table.filter(pl.col("people") > 0).sort("people", descending=True, maintain_order=True)
