"""The safety page: which clock breaks next, and does any lot, site or product look odd? A signal is a question, no cause."""

from datetime import date
from typing import Any

import polars as pl

from seawall.engines import pictures as look
from seawall.engines import signals
from seawall.engines.signals import pictures as draw
from seawall.safety import selectors as safety
from seawall.terms.actor import EN, ZH, Actor

from .safety import safety_strip
from .shapes import Shape, both, owner, place_names, product_names, stamp

SHOWN = 12
NAMED_KINDS = {
    "all": both("全部", "all"),
    "product": both("产品", "product"),
    "lot": both("批次", "lot"),
    "site": both("接种点", "site"),
}


def safety_page(actor: Actor, day: date) -> Shape:
    """The strip, cases by clock, what stands out, and the running tests by lot, product and site."""
    found = safety.monitors(day)
    scopes = _scopes(actor, found, day)
    return {
        "stamp": stamp(day, live=True),
        "strip": safety_strip(day),
        "clocks": [_clock(event) for event in safety.open_events(day)[:SHOWN]],
        "rate": found.rate,
        "signals": [row for row in scopes if row["signal_on"]],
        "scopes": scopes,
        "outliers": _units(actor, found.lots, "lot", "outlier") + _units(actor, found.sites, "site", "outlier"),
        "silent": _units(actor, found.sites, "site", "silent"),
        "caution": _said("caution"),
        "drawn": not found.lots.is_empty() and found.lots["events"].sum() > 0,
        "course": next((row["key"] for row in scopes if row["kind"] == "lot" and row["signal_on"]), ""),
    }


def safety_picture(day: date, which: str, lot: str) -> str:
    """The funnel of lots, or the running test of a lot (of all when none is named), as SVG."""
    found = safety.monitors(day)
    if which == "funnel":
        return look.svg(draw.funnel(found.lots))
    rows = found.course.filter(pl.col("kind") == ("lot" if lot else "all"), pl.col("key") == lot)
    rows = rows.with_columns(signal=(pl.col("llr") >= pl.col("limit")).fill_null(False))
    return look.svg(draw.course(rows))


def _said(key: str, **told: object) -> Shape:
    return both(signals.say(key, ZH, **told), signals.say(key, EN, **told))


def _clock(event: Any) -> Shape:
    kind = safety.kinds()[event.kind]
    return {
        "case": event.case_code,
        "name": both(kind.zh, kind.en),
        "serious": event.serious,
        "due_at": event.clock_due,
        "reported": event.reported_at is not None,
        "holder": owner(event.reporter_post_id),
        "lot": event.lot,
    }


def _sees(actor: Actor, kind: str, key: str) -> bool:
    return kind != "site" or actor.reach.everywhere or int(key) in actor.reach.sites


def _names(kind: str, keys: list[str], day: date) -> dict[str, Shape]:
    if kind == "site":
        return {str(place): name for place, name in place_names([int(key) for key in keys]).items()}
    return product_names(day) if kind == "product" else {}


def _scopes(actor: Actor, found: safety.Monitors, day: date) -> list[Shape]:
    """One row per running test: signals first, then by how near the limit they stand."""
    rows = found.scopes.sort(["signal_on", "llr"], descending=[False, True], nulls_last=True)
    named = {kind: _names(kind, rows.filter(kind=kind)["key"].to_list(), day) for kind in NAMED_KINDS}
    seen = [row for row in rows.iter_rows(named=True) if _sees(actor, row["kind"], row["key"] or "0")]
    kept = [row for row in seen if row["signal_on"] or row["kind"] in ("all", "product")]
    others = [row for row in seen if row not in kept and row["kind"] in ("lot", "site")]
    return [
        {
            **row,
            "of": NAMED_KINDS[row["kind"]],
            "name": named[row["kind"]].get(row["key"], both(row["key"], row["key"])),
            "said": _course_said(row, day),
        }
        for row in kept + others[:SHOWN]
    ]


def _course_said(row: Shape, day: date) -> Shape:
    told = {"events": row["events"], "expected": row["expected"], "limit": row["limit"], "llr": row["llr"] or 0.0}
    key = "sequential_now" if row["signal_on"] else "sequential_quiet"
    return _said(key, date=row["signal_on"] or day, **told)


def _units(actor: Actor, units: pl.DataFrame, kind: str, flag: str) -> list[Shape]:
    """Lots or sites that stand out, each with its sentence."""
    rows = [row for row in units.filter(flag).iter_rows(named=True) if _sees(actor, kind, row["unit"])]
    names = _names(kind, [row["unit"] for row in rows], date.max) if rows and kind == "site" else {}
    out = []
    for row in sorted(rows, key=lambda r: -r["expected"] if flag == "silent" else r["q"])[:SHOWN]:
        name = names.get(row["unit"], both(row["unit"], row["unit"]))
        said = {
            language: signals.say(flag, language, **{**row, "unit": name["zh" if language == ZH else "en"]})
            for language in (ZH, EN)
        }
        out.append({**row, "of": NAMED_KINDS[kind], "name": name, "said": both(said[ZH], said[EN])})
    return out
