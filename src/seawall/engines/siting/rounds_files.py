"""Rounds of mobile teams on files: stops, teams and driving times in; rounds, people left and summary out."""

import time
from datetime import time as Clock
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ..tables import Findings, dictionary, note, read_table, write_frame, write_json
from .case import Floats
from .drawing import draw_rounds
from .rounds import Rounds, Session, Stops, Teams, plan_rounds
from .sphere import great_circle_km

HERE = Path(__file__).parent
KM_H = 30.0  # of great-circle distance, where coordinates stand in for driving times


def rounds_on_files(
    stops: Path, teams: Path, out: Path, *, travel: Path | None = None, points: Path | None = None,
    speed: float = KM_H, session: Session | None = None, iterations: int = 2_000, seed: int = 1,
) -> dict[str, Any]:  # fmt: skip
    """Reads, plans and writes; gives the summary. Raises Mistakes with everything that is wrong in the files."""
    findings, columns = Findings(HERE / "mistakes.csv"), dictionary(HERE / "dictionary.csv")
    at, crews = read_table(stops, columns["stops"], findings), read_table(teams, columns["teams"], findings)
    at = at.with_columns(place=pl.coalesce("place", "stop"))
    note(findings, teams.name, crews.filter(pl.col("end") <= pl.col("start")), "end", "hours_order")
    note(findings, stops.name, at.filter(pl.col("closes") <= pl.col("opens")), "closes", "hours_order")
    rules = session or Session()
    for option, value in (("--rate", rules.rate), ("--speed", speed)):
        if not 0 < value < np.inf:
            findings.add(option, 0, "", value, "positive_number")
    places, minutes, where = _minutes(travel, points, speed, findings)
    number = {place: k for k, place in enumerate(places)}
    if number:
        for frame, column, file in ((at, "place", stops.name), (crews, "home", teams.name)):
            unknown = frame.filter(~pl.col(column).is_in(places))
            note(findings, file, unknown, column, "place_unknown", (travel or points or Path()).name)
    findings.stop_if_any()
    started = time.perf_counter()
    found = plan_rounds(_stops(at, number), _teams(crews, number), minutes, rules, iterations=iterations, seed=seed)
    told = _summary(found, at, time.perf_counter() - started)
    _write(found, told, out)
    if where is not None:
        draw_rounds(found, at, crews, where, out)
    return told


def _stops(at: pl.DataFrame, number: dict[str, int]) -> Stops:
    return Stops(
        at["stop"].to_list(), np.array([number[place] for place in at["place"]], np.int64), at["due"].to_numpy(),
        _clock(at["opens"], 0.0), _clock(at["closes"], 24 * 60.0 - 1),
    )  # fmt: skip


def _teams(crews: pl.DataFrame, number: dict[str, int]) -> Teams:
    """Each team as many times as it has rounds."""
    count = crews["rounds"].fill_null(1)
    many = crews.with_columns(turn=pl.Series([list(range(1, k + 1)) for k in count], dtype=pl.List(pl.Int64))).explode(
        "turn"
    )
    names = [f"{team} {turn}" if k > 1 else team for team, turn, k in
             zip(many["team"], many["turn"], np.repeat(count.to_numpy(), count.to_numpy()), strict=True)]  # fmt: skip
    return Teams(
        names, np.array([number[home] for home in many["home"]], np.int64), _clock(many["start"], 0.0),
        _clock(many["end"], 0.0), many["driving_minutes"].to_numpy(), many["cold_box_hours"].to_numpy() * 60,
        many["doses"].to_numpy(),
    )  # fmt: skip


def _clock(column: pl.Series, empty: float) -> Floats:
    """Minutes of the day."""
    return np.array([t.hour * 60.0 + t.minute if isinstance(t, Clock) else empty for t in column])


def _minutes(
    travel: Path | None, points: Path | None, speed: float, findings: Findings
) -> tuple[list[str], Floats, pl.DataFrame | None]:
    """Places, driving minutes between them (infinite: no way), and their coordinates where given."""
    columns = dictionary(HERE / "dictionary.csv")
    if travel is None and points is None:
        findings.add("--travel", 0, "", "", "travel_or_points")
        return [], np.zeros((0, 0)), None
    where = read_table(points, columns["points"], findings) if points is not None else None
    if travel is None:
        assert where is not None
        lon, lat = where["lon"].to_numpy(), where["lat"].to_numpy()
        km = great_circle_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :])
        return where["point"].to_list(), km / speed * 60.0, where
    table = read_table(travel, columns["travel"], findings)
    note(findings, travel.name, table.filter(pl.struct("from", "to").is_duplicated()
         & ~pl.struct("from", "to").is_first_distinct()), "to", "pair_twice")  # fmt: skip
    places = pl.concat([table["from"], table["to"]]).drop_nulls().unique(maintain_order=True).to_list()
    number = {place: k for k, place in enumerate(places)}
    minutes = np.full((len(places), len(places)), np.inf)
    for a, b, took in table.select("from", "to", "minutes").drop_nulls().iter_rows():
        minutes[number[a], number[b]] = took
    np.fill_diagonal(minutes, 0.0)
    return places, np.where(np.isinf(minutes), minutes.T, minutes), where


def _summary(found: Rounds, at: pl.DataFrame, took: float) -> dict[str, Any]:
    reasons = dict(found.left.group_by("reason", maintain_order=True).agg(pl.col("people").sum()).iter_rows())
    return {
        "value": found.served, "bound": found.bound, "gap": (found.bound - found.served) / max(1, found.served),
        "proven": found.served == found.bound, "seconds": round(took, 3), "due": int(at["due"].sum()),
        "rounds": found.visits["round"].n_unique(), "driven_minutes": round(found.driven, 3), "left": reasons,
    }  # fmt: skip


def _shown(minutes: pl.Expr) -> pl.Expr:
    """Minutes of the day as 08:30, rounded down."""
    whole = minutes.floor().cast(pl.Int64)
    return pl.format("{}:{}", *((part.cast(pl.String).str.zfill(2)) for part in (whole // 60, whole % 60)))


def _write(found: Rounds, told: dict[str, Any], out: Path) -> None:
    shown = [_shown(pl.col(column)).alias(column) for column in ("starts", "ends")]
    write_frame(found.visits.with_columns(shown), out / "rounds.csv")
    write_frame(found.left, out / "left.csv")
    write_json(told, out / "summary.json")
