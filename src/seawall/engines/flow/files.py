"""The engine on files: a site's TOML in; summary, curves and pictures out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ..pictures import drawn, svg, table, write_page
from ..tables import write_frame, write_json
from . import charts
from .load import load_site
from .simulate import Flow, Interval, minutes, simulate
from .site import OBSERVATION, Bounds
from .slots import Slots, slot_sizes
from .staffing import Staffing, staff_for
from .what_if import Disturbed, what_ifs


def told(interval: Interval) -> dict[str, float | None]:
    """An interval as JSON: numbers to four places, null where there is none."""
    return {key: round(value, 4) if np.isfinite(value) else None for key, value in asdict(interval).items()}


def summary(flow: Flow) -> dict[str, Any]:
    """What `summary.json` says: persons, minutes, shares; `intervals` has days' percentiles and confidence intervals."""
    steps = flow.site.steps
    busy = {code: told(share) for code, share in flow.utilisation().items()}
    by_day = {"arrived": flow.arrived, "finish": flow.finish, "crowd_peak": flow.crowd_peak}
    if flow.site.place("observation") >= 0:
        by_day["seats_peak"] = flow.seats_peak
    intervals = {name: told(interval) for name, interval in by_day.items()}
    return {
        "site": flow.site.site, "replications": flow.days, "seed": flow.seed,
        "said": dict(zip(("zh", "en"), charts.tally(flow), strict=True)),
        "served": told(flow.served),
        "unserved": told(flow.unserved),
        "minutes_in_site": told(flow.minutes_in_site),
        "wait_total": told(flow.wait_total),
        "waits": {s.station: told(flow.wait(k)) for k, s in enumerate(steps)},
        "queue_peak": {s.station: told(flow.queue_peak(k)) for k, s in enumerate(steps)},
        "utilisation": {code: share["mean"] for code, share in busy.items()},
        "seats_peak": intervals.get("seats_peak", {}).get("mean"),
        "crowd_peak": intervals["crowd_peak"]["mean"],
        "finish": intervals["finish"]["mean"],
        "finish_clock": charts.clock(flow.site, flow.finish.mean),
        "intervals": intervals | {"utilisation": busy},
    }  # fmt: skip


def curves(flow: Flow) -> pl.DataFrame:
    """One row per curve and grid moment: curve, minute, clock, mean, p05, p50, p95 over days."""
    names = [f"waiting:{s.station}" for s in flow.site.steps] + ["inside", "seats"]
    stop = charts.last_point(flow)
    at = minutes()[:stop]
    frames = []
    for row, name in enumerate(names):
        counts = flow.curves[:, row, :stop]
        low, middle, high = np.quantile(counts, (0.05, 0.5, 0.95), axis=0)
        frames.append(
            pl.DataFrame(
                {
                    "curve": name,
                    "minute": at,
                    "clock": [charts.clock(flow.site, m) for m in at],
                    "mean": counts.mean(axis=0),
                    "p05": low,
                    "p50": middle,
                    "p95": high,
                }
            )
        )
    return pl.concat(frames)


def stations(flow: Flow) -> pl.DataFrame:
    """One row per station: staff, share busy, waiting and queue."""
    busy = flow.utilisation()
    rows = [
        {
            "station": s.station,
            "zh": s.zh,
            "en": s.en,
            "servers": s.servers,
            "utilisation": busy[s.station].mean,
            **{f"wait_{key}": value for key, value in asdict(flow.wait(k)).items()},
            "queue_peak_p50": flow.queue_peak(k).p50,
            "queue_peak_p95": flow.queue_peak(k).p95,
        }
        for k, s in enumerate(flow.site.steps)
    ]
    return pl.DataFrame(rows)


PICTURES: dict[str, tuple[Callable[[Flow], Any], str, str]] = {
    "day": (charts.day, "一天中的人数", "Persons over the day"),
    "queues": (charts.queues, "各台位排队", "Queues by station"),
    "waits": (charts.waits, "各台位等候", "Waiting by station"),
}


def flow_on_files(path: Path, out: Path, replications: int, seed: int) -> dict[str, Any]:
    """Lives a site's day many times and writes summary.json, stations.csv, curves.csv, pictures and index.html."""
    flow = simulate(load_site(path), replications, seed)
    said = summary(flow)
    write_json(said, out / "summary.json")
    write_frame(stations(flow), out / "stations.csv")
    write_frame(curves(flow), out / "curves.csv")
    zh, en = charts.tally(flow)
    parts = [("到场与完成", "Who came and who was served", f"<p>{zh}</p><p>{en}</p>")]
    parts += [(zh, en, svg(drawn(partial(make, flow), out, name))) for name, (make, zh, en) in PICTURES.items()]
    rows = [(row["zh"], row["en"], row["servers"], row["utilisation"], row["wait_p50"], row["wait_p95"])
            for row in stations(flow).iter_rows(named=True)]  # fmt: skip
    head = ("台位", "station", "人数 servers", "忙碌 busy", "等候中位 wait p50 (min)", "等候 p95 wait (min)")
    parts.append(("台位", "Stations", table(head, rows)))
    write_page(out / "index.html", flow.site.zh or flow.site.site, flow.site.en or flow.site.site, parts)
    return said


def bounded(bounds: Bounds, stated: Mapping[str, float | None]) -> Bounds:
    """Bounds with those that were stated in place of the file's."""
    return replace(bounds, **{name: value for name, value in stated.items() if value is not None})  # type: ignore[arg-type]


def staff_on_files(
    path: Path, served: int, stated: Mapping[str, float | None], out: Path | None, seed: int
) -> tuple[Staffing, pl.DataFrame]:
    """The least staff for `served` persons a day; with `out`: staff.csv, summary.json, a picture."""
    site = load_site(path)
    answer = staff_for(site, served, bounded(site.bounds, stated), seed=seed)
    in_file = {s.station: s.servers for s in site.stations}
    frame = pl.DataFrame(
        [
            {
                "station": s.station,
                "zh": s.zh,
                "en": s.en,
                "servers": s.servers,
                "in_file": in_file[s.station],
                "alone_at_least": answer.least.get(s.station),
                "cost": s.cost * s.servers,
            }
            for s in answer.site.stations
        ]
    )
    if out and answer.flow:
        write_frame(frame, out / "staff.csv")
        told_ = {
            "demanded": served,
            "cost": answer.cost,
            "proven": answer.proven,
            "staffs_lived": answer.tried,
            "bounds": {k: v for k, v in asdict(answer.bounds).items() if v is not None},
            "servers": answer.servers,
        }
        write_json(told_ | {"day": summary(answer.flow)}, out / "summary.json")
        people = [s for s in answer.site.stations if s.kind != OBSERVATION]
        draw = partial(
            charts.staff, [charts.named(s) for s in people], [answer.least[s.station] for s in people],
            [s.servers for s in people], [in_file[s.station] for s in people],
        )  # fmt: skip
        drawn(draw, out, "staff")
    return answer, frame


def slots_on_files(
    path: Path, stated: Mapping[str, float | None], every: float, out: Path, seed: int
) -> tuple[Slots, Flow | None]:
    """Slot sizes within bounds: slots.csv, summary.json (the day they make, on fresh days) and a picture."""
    site = load_site(path)
    plan = slot_sizes(site, bounded(site.bounds, stated), every=every, seed=seed)
    if plan.broken:
        return plan, None
    flow = simulate(plan.booked, 200, seed + 1)
    clocks = [charts.clock(site, m) for m in plan.moments]
    write_frame(pl.DataFrame({"minute": plan.moments, "clock": clocks, "persons": plan.sizes}), out / "slots.csv")
    bounds = {k: v for k, v in asdict(plan.bounds).items() if v is not None}
    write_json({"booked": int(plan.sizes.sum()), "bounds": bounds, "day": summary(flow)}, out / "summary.json")
    drawn(partial(charts.slots, plan, flow), out, "slots")
    return plan, flow


def what_ifs_on_files(path: Path, replications: int, out: Path, seed: int) -> list[Disturbed]:
    """Every [[what_if]] of a site beside the planned day: what_if.csv, summary.json, a picture."""
    site = load_site(path)
    planned, others = what_ifs(site, replications, seed)
    if not others:
        return []
    rows = [
        {
            "what_if": d.what_if.what_if,
            "zh": d.what_if.zh,
            "en": d.what_if.en,
            **{f"{name}_{key}": value for name, interval in _added(d).items() for key, value in told(interval).items()},
        }
        for d in others
    ]
    write_frame(pl.DataFrame(rows), out / "what_if.csv")
    days = {d.what_if.what_if: summary(d.flow) for d in others}
    write_json({"planned": summary(planned)} | days, out / "summary.json")
    named = [(f"{d.what_if.zh} {d.what_if.en}".strip() or d.what_if.what_if, d.flow) for d in others]
    drawn(partial(charts.compared, planned, named), out, "what_if")
    return others


def _added(d: Disturbed) -> dict[str, Interval]:
    return {
        "wait_added": d.wait_added, "crowd_added": d.crowd_added, "finish_added": d.finish_added,
        "arrived": d.flow.arrived, "unserved": d.unserved,
    }  # fmt: skip
