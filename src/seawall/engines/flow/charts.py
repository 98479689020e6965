"""Pictures of a day at a site: queues, crowd and seats over the day, waits by station, what a disturbance does."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ..pictures import ACTION, ATTENTION, CLOSED, NORMAL, QUIET, STOP, figure
from .measuring import GRID, POINTS
from .simulate import Flow, minutes
from .site import Site, Station
from .slots import Slots

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def named(station: Station) -> str:
    """A station's name in both languages, or its code."""
    return " ".join(filter(None, (station.zh, station.en))) or station.station


def clock(site: Site, minute: float) -> str:
    """The clock time of a minute, such as 10:30; the minute itself where the site has no clock; unknown is not a time."""
    if not np.isfinite(minute):
        return "不详 unknown"
    if site.begins is None:
        return f"{minute:.0f}"
    return f"{datetime.combine(date(2000, 1, 1), site.begins) + timedelta(minutes=minute):%H:%M}"


def tally(flow: Flow) -> tuple[str, str]:
    """How many came, were served and were not, and what the figures then say: in Chinese and English."""
    came, served, left = (round(i.mean) for i in (flow.arrived, flow.served, flow.unserved))
    if not came:
        return "无人到场，等候与时间均不详。", "Nobody came: waits and times are unknown."
    if not flow.unserved.mean:
        return f"平均每天到场 {came:,} 人，全部完成。", f"{came:,} came a day, and all were served."
    end = clock(flow.site, flow.finish.mean)
    return (
        f"平均每天到场 {came:,} 人，完成 {served:,} 人，{left:,} 人直到结束（{end}）仍在场内：其等候计到此刻，"
        "等候、停留与结束时间都只是下限。",
        f"{came:,} came a day, {served:,} were served, {left:,} are still inside at the end ({end}): they are counted as waiting"
        " until then, so waits, minutes inside and the finish are the least that can be.",
    )


def _titled(axes: object, title: str, flow: Flow) -> None:
    """The title of a picture, and below it how many it shows who never leave."""
    left = flow.unserved.mean
    below = (
        f"\n平均 {left:,.0f} 人未完成、仍在场内 on average {left:,.0f} not served and still inside" if left > 0 else ""
    )
    axes.set_title(title + below)  # type: ignore[attr-defined]


def _axis(axes: object, site: Site, last: float) -> None:
    """Hours on the axis below, between opening and the last moment shown."""
    marks = np.arange(np.floor(site.opens / 60) * 60, last + 1, 60)
    axes.set_xticks(marks, [clock(site, m) for m in marks], rotation=0 if len(marks) < 14 else 60)  # type: ignore[attr-defined]
    if site.begins is None:
        axes.set_xlabel("分 minute")  # type: ignore[attr-defined]
    axes.set_xlim(marks[0], last)  # type: ignore[attr-defined]


def last_point(flow: Flow) -> int:
    """Number of points until closing, or until the last who is served has left on every day."""
    last = max(flow.site.closes, float(np.fmax.reduce(flow.totals[:, 2], initial=0.0)))
    return min(int(last / GRID) + 3, POINTS)


def day(flow: Flow) -> "Figure":
    """Persons inside and in seats over the day: median, and the band that nine days in ten stay in."""
    stop = last_point(flow)
    at = minutes()[:stop]
    with figure(9, 4.6) as (made, axes):
        seats = flow.site.place("observation") >= 0
        shown = [(-2, ACTION, "在场 inside")] + ([(-1, ATTENTION, "留观座位 in a seat")] if seats else [])
        for row, colour, label in shown:
            low, middle, high = np.quantile(flow.curves[:, row, :stop], (0.05, 0.5, 0.95), axis=0)
            axes.fill_between(at, low, high, color=colour, alpha=0.22, linewidth=0)
            axes.plot(at, middle, color=colour, label=label)
        if seats:
            number = flow.site.steps[-1].servers
            axes.axhline(number, color=STOP, linewidth=1.2, linestyle="--")
            axes.annotate(f"{number} 座 seats", (at[-1], number), ha="right", va="bottom", color=STOP, fontsize=10)
        axes.axvline(flow.site.closes, color=CLOSED, linewidth=1.2)
        _titled(axes, "一天中的人数 Persons over the day", flow)
        axes.set_ylabel("人 persons")
        axes.set_ylim(0, 1.15 * axes.get_ylim()[1])
        _axis(axes, flow.site, at[-1])
        axes.legend(loc="upper left", ncols=2)
        return made


def queues(flow: Flow) -> "Figure":
    """Mean number of persons waiting at each station over the day."""
    stop = last_point(flow)
    at = minutes()[:stop]
    with figure(9, 4.6) as (made, axes):
        for k, step in enumerate(flow.site.steps):
            axes.plot(at, flow.curves[:, k, :stop].mean(axis=0), label=named(step))
        axes.axvline(flow.site.closes, color=CLOSED, linewidth=1.2)
        _titled(axes, "各台位排队人数（均值） Waiting at each station (mean)", flow)
        axes.set(ylabel="人 persons", ylim=(0, None))
        _axis(axes, flow.site, at[-1])
        axes.legend(loc="upper right", fontsize=9)
        return made


def waits(flow: Flow) -> "Figure":
    """Waiting at each station: median, and the middle nine tenths of persons."""
    names = [named(step) for step in flow.site.steps]
    told = [flow.wait(k) for k in range(len(names))]
    with figure(9, 1.6 + 0.55 * len(names)) as (made, axes):
        rows = np.arange(len(names))[::-1]
        axes.hlines(rows, [t.p05 for t in told], [t.p95 for t in told], color=ACTION, linewidth=7, alpha=0.35)
        axes.plot([t.p50 for t in told], rows, "o", color=ACTION, label="中位数 median")
        axes.plot([t.mean for t in told], rows, "|", color=STOP, markersize=16, label="均值 mean")
        axes.set_yticks(rows, names)
        _titled(axes, "各台位等候 Waiting by station", flow)
        axes.set(xlabel="分 minutes (p05-p95)", xlim=(0, None))
        made.legend(loc="outside lower center", ncols=2, fontsize=9)
        return made


def compared(base: Flow, others: Sequence[tuple[str, Flow]]) -> "Figure":
    """Persons inside over the day, as planned and on each disturbed day (medians), one panel each."""
    stop = max(last_point(flow) for flow in (base, *(flow for _, flow in others)))
    at = minutes()[:stop]
    with figure(9, 1.0 + 2.4 * len(others), nrows=len(others), sharex=True, squeeze=False) as (made, panels):
        plain = np.median(base.curves[:, -2, :stop], axis=0)
        for (name, flow), axes in zip(others, panels[:, 0], strict=True):
            low, middle, high = np.quantile(flow.curves[:, -2, :stop], (0.05, 0.5, 0.95), axis=0)
            axes.fill_between(at, low, high, color=STOP, alpha=0.18, linewidth=0)
            axes.plot(at, plain, color=QUIET, linewidth=1.4, label="如计划 as planned")
            axes.plot(at, middle, color=STOP, label="受扰 disturbed")
            _titled(axes, name, flow)
            axes.set(ylabel="在场 inside", ylim=(0, None))
            _axis(axes, base.site, at[-1])
        made.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=9)
        return made


def slots(plan: Slots, flow: Flow) -> "Figure":
    """Persons to book in each slot, above what they make of the day: inside and in seats (p95 over days)."""
    site, stop = plan.site, last_point(flow)
    at = minutes()[:stop]
    with figure(9, 6, nrows=2, sharex=True) as (made, (above, below)):
        width = (plan.moments[1] - plan.moments[0] if len(plan.moments) > 1 else 15) * 0.86
        above.bar(plan.moments, plan.sizes, width=width, align="edge", color=NORMAL)
        above.set(title="每时段可约人数 Persons to book in each slot", ylabel="人 persons")
        for row, colour, label in ((-2, ACTION, "在场 inside"), (-1, ATTENTION, "留观座位 in a seat")):
            below.plot(at, np.quantile(flow.curves[:, row, :stop], 0.95, axis=0), color=colour, label=f"{label} p95")
        for bound, colour in ((plan.bounds.crowd, ACTION), (plan.bounds.seats, ATTENTION)):
            if bound is not None:
                below.axhline(bound, color=colour, linewidth=1.2, linestyle="--")
        below.set(ylabel="人 persons", ylim=(0, None))
        made.legend(loc="outside lower center", ncols=2, fontsize=9)
        _axis(below, site, at[-1])
        return made


def staff(names: Sequence[str], least: Sequence[int], chosen: Sequence[int], now: Sequence[int]) -> "Figure":
    """Staff by station: what the file has, the fewest that one station alone could do with, and the answer."""
    with figure(9, 1.8 + 0.6 * len(names)) as (made, axes):
        rows = np.arange(len(names))[::-1]
        axes.barh(rows, chosen, height=0.55, color=ACTION, alpha=0.4, label="答案 answer")
        axes.plot(least, rows, "|", color=STOP, markersize=18, label="单台下限 alone at least")
        axes.plot(now, rows, "o", color=QUIET, markersize=6, label="文件中 in the file")
        axes.set_yticks(rows, names)
        axes.set(title="最少人手 Least staff", xlabel="人 servers")
        made.legend(loc="outside lower center", ncols=3, fontsize=9)
        return made
