"""The engine on files: a site's TOML in; summary, curves and pictures out."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ..pictures import drawn, svg, table, write_page
from ..tables import write_frame, write_whole
from . import charts
from .load import load_site
from .simulate import Flow, Interval, minutes, simulate


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
        "served": told(flow.served),
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
    stop = charts._last(flow)
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


def write_json(path: Path, told_: dict[str, Any]) -> None:
    """A dictionary as JSON, whole or not at all."""
    text = json.dumps(told_, ensure_ascii=False, indent=2) + "\n"
    write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8"))


PICTURES: dict[str, tuple[Callable[[Flow], Any], str, str]] = {
    "day": (charts.day, "一天中的人数", "Persons over the day"),
    "queues": (charts.queues, "各台位排队", "Queues by station"),
    "waits": (charts.waits, "各台位等候", "Waiting by station"),
}


def flow_on_files(path: Path, out: Path, replications: int, seed: int) -> dict[str, Any]:
    """Lives a site's day many times and writes summary.json, stations.csv, curves.csv, pictures and index.html."""
    flow = simulate(load_site(path), replications, seed)
    said = summary(flow)
    write_json(out / "summary.json", said)
    write_frame(stations(flow), out / "stations.csv")
    write_frame(curves(flow), out / "curves.csv")
    parts = [(zh, en, svg(drawn(lambda make=make: make(flow), out, name))) for name, (make, zh, en) in PICTURES.items()]
    rows = [(row["zh"], row["en"], row["servers"], row["utilisation"], row["wait_p50"], row["wait_p95"])
            for row in stations(flow).iter_rows(named=True)]  # fmt: skip
    head = ("台位", "station", "人数 servers", "忙碌 busy", "等候中位 wait p50 (min)", "等候 p95 wait (min)")
    parts.append(("台位", "Stations", table(head, rows)))
    write_page(out / "index.html", flow.site.zh or flow.site.site, flow.site.en or flow.site.site, parts)
    return said
