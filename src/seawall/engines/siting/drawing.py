"""Pictures of an answer: the map of sites and people, how far people go before and after, what more sites would buy."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from ..pictures import (
    ACTION,
    ATTENTION,
    CLOSED,
    INK,
    NORMAL,
    QUIET,
    SERIES,
    STOP,
    drawn,
    figure,
    spoken,
    svg,
    table,
    words,
    write_page,
)
from .case import Answer, Floats
from .intake import Read
from .rounds import Rounds

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN = 5_000  # points of demand drawn one by one; more are drawn by the cells of a grid
CELLS = 40  # of the grid, across
LARGEST, PACKED = 260.0, 110.0  # points squared, of the largest circle on a map, and of a cell's
SHOWN = 20  # rows of a table on the page


def draw_choice(read: Read, answer: Answer, tables: dict[str, pl.DataFrame], told: dict[str, Any], out: Path) -> None:
    """Writes the pictures (SVG and PNG) and `page.html`, which holds them."""
    parts = [("总数", "In numbers", _numbers(told))]
    if {"lon", "lat"} <= set(read.demand.columns):
        parts.append(("地图", "Map", svg(drawn(lambda: _map(read, answer, tables["assignment"]), out, "map"))))
    parts.append(
        ("前后距离", "Distance before and after", svg(drawn(lambda: _distances(tables["distances"]), out, "distances")))
    )
    if "curve" in tables:
        parts.append(
            ("多开一个接种点", "What one more site buys", svg(drawn(lambda: _curve(tables["curve"]), out, "curve")))
        )
    names = {"open": ("开放的接种点", "Open sites"), "areas": ("各区域", "By area"), "ages": ("各年龄组", "By age"),
             "far": ("仍然较远的需求点", "Who is still far"), "one_more": ("再开一个", "One more site")}  # fmt: skip
    for name, (zh, en) in names.items():
        if name in tables and tables[name].height:
            parts.append((zh, en, _rows(tables[name])))
    write_page(out / "page.html", "接种点选择", "Choice of sites", parts)


def _numbers(told: dict[str, Any]) -> str:
    known = words()
    plain = [
        (known.get(key, key), known.get(str(value), value))
        for key, value in told.items()
        if isinstance(value, (int, float, str))
    ]
    return table(("项 item", "值 value"), plain)


def _rows(frame: pl.DataFrame) -> str:
    full = frame.select(column for column in frame.columns if frame[column].null_count() < frame.height)
    return spoken(full.head(SHOWN), ("state", "kind", "near"))


def _map(read: Read, answer: Answer, points: pl.DataFrame) -> "Figure":
    """Points of demand by weight (near or far), and sites: kept, opened, closed."""
    people, sites, of = read.demand, read.candidates, read.case
    x, y = people["lon"].to_numpy(), people["lat"].to_numpy()
    a, b = sites["lon"].to_numpy(), sites["lat"].to_numpy()
    near = points["near"].fill_null(False).to_numpy() if "near" in points.columns else np.ones(len(x), bool)
    parts = [
        (colour, name, _spots(x[which], y[which], of.weight[which]))
        for which, colour, name in ((near, SERIES[5], "需求 people"), (~near, ATTENTION, "仍然较远 still far"))
        if which.any()
    ]
    heaviest = max(1e-300, *(weight.max() for *_, (_, _, weight) in parts))
    largest = LARGEST if len(x) <= DRAWN else PACKED
    with figure(8.0, 7.0) as (made, axes):
        if len(x) <= DRAWN:
            _ways(axes, answer, (x, y), (a, b))
        for colour, name, (at, up, weight) in parts:
            axes.scatter(at, up, s=largest * weight / heaviest, color=colour, alpha=0.75, lw=0, label=name, zorder=2)
        for which, colour, mark, name in (
            (~answer.opened, QUIET, "x", "未开放 closed"),
            (answer.opened & of.kept, NORMAL, "s", "保留 kept"),
            (answer.opened & ~of.kept, ACTION, "^", "新开 opened"),
        ):
            if which.any():
                axes.scatter(
                    a[which], b[which], s=22 if mark == "x" else 60, c=colour, marker=mark, label=name, zorder=3
                )
        axes.set(title="接种点与需求 Sites and people", xlabel="经度 longitude", ylabel="纬度 latitude")
        axes.set_aspect(1 / np.cos(np.radians(y.mean())))
        _keyed(axes)
    return made


def _ways(axes: Any, answer: Answer, people: tuple[Floats, Floats], sites: tuple[Floats, Floats]) -> None:
    """A line from each point to the site that serves it."""
    at = np.flatnonzero(answer.serves >= 0)
    ends = [np.stack([of[at], to[answer.serves[at]]]) for of, to in zip(people, sites, strict=True)]
    axes.plot(*ends, color=CLOSED, lw=0.6)


def _spots(x: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Where circles stand and how heavy they are: points one by one, or, of many, the middle of those in each cell."""
    if len(x) <= DRAWN:
        return x, y, weight
    side = max(float(np.ptp(x)), float(np.ptp(y)), 1e-9) / CELLS
    cells = np.stack([(x - x.min()) // side, (y - y.min()) // side])
    _, cell = np.unique(cells, axis=1, return_inverse=True)
    count = np.bincount(cell.ravel())
    return np.bincount(cell.ravel(), x) / count, np.bincount(cell.ravel(), y) / count, np.bincount(cell.ravel(), weight)


def _keyed(axes: Any) -> None:
    key = axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)
    for handle in key.legend_handles:
        handle.set_sizes([40])


def _distances(bins: pl.DataFrame) -> "Figure":
    """The share of people who go at most so far, before and after."""
    known = bins.filter(pl.col("to").is_not_null())
    people = float(bins["people_after"].sum())
    edges = np.r_[0.0, known["to"].to_numpy()]
    with figure(8.0, 4.2) as (made, axes):
        for column, colour, name in (("people_before", QUIET, "之前 before"), ("people_after", ACTION, "之后 after")):
            if (passed := known[column].to_numpy()).any():
                axes.plot(edges, 100 * np.r_[0.0, passed.cumsum()] / max(people, 1e-300), color=colour, label=name)
        axes.set(
            title="多远以内的人 People within a distance", xlabel="到最近接种点的距离 distance to the nearest open site"
        )
        axes.set(ylabel="人口比例 share of people, %", ylim=(0, 103), xlim=(0, None))
        axes.legend(loc="lower right")
    return made


def _curve(curve: pl.DataFrame) -> "Figure":
    """The best value by number of sites, with its bound where it is not proven."""
    with figure(8.0, 4.2) as (made, axes):
        axes.fill_between(curve["open"], curve["value"], curve["bound"], color=SERIES[5], alpha=0.5, lw=0)
        axes.plot(curve["open"], curve["value"], color=ACTION, marker="o")
        for count, value, bought in curve.select("open", "value", "bought").drop_nulls().iter_rows():
            axes.annotate(
                f"{bought:,.4g}",
                (count, value),
                xytext=(0, 8),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                color=INK,
            )
        axes.set(
            title="多开一个接种点的收益 What one more site buys",
            xlabel="开放的接种点 open sites",
            ylabel="目标值 value",
        )
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.margins(y=0.18)
    return made


def draw_rounds(found: Rounds, stops: pl.DataFrame, teams: pl.DataFrame, where: pl.DataFrame, out: Path) -> None:
    """Writes the map of rounds (SVG and PNG) and `page.html`."""
    made = drawn(lambda: _rounds(found, stops, teams, where), out, "rounds")
    parts = [("巡回路线", "Rounds", svg(made)), ("停靠", "Visits", _rows(found.visits.head(200)))]
    if found.left.height:
        parts.append(("尚未安排", "Left over", _rows(found.left)))
    write_page(out / "page.html", "移动接种巡回", "Mobile rounds", parts)


def _rounds(found: Rounds, stops: pl.DataFrame, teams: pl.DataFrame, where: pl.DataFrame) -> "Figure":
    at = {point: (lon, lat) for point, lon, lat in where.select("point", "lon", "lat").iter_rows()}
    place = dict(stops.select("stop", "place").iter_rows())
    home = dict(teams.select("team", "home").iter_rows())
    with figure(8.0, 6.4) as (made, axes):
        for k, ((name,), visits) in enumerate(found.visits.group_by("round", maintain_order=True)):
            base = home.get(str(name)) or home[str(name).rpartition(" ")[0]]
            way = np.array([at[place[stop] if stop is not None else base] for stop in visits["stop"]])
            people = visits["people"].sum()
            axes.plot(
                way[:, 0], way[:, 1], color=SERIES[k % len(SERIES)], label=f"{name}: {people:,}", lw=1.8, zorder=2
            )
        due = np.maximum(stops["due"].to_numpy(), 1)
        spots = np.array([at[p] for p in stops["place"]])
        left = stops["stop"].is_in(found.left["stop"].to_list()).to_numpy()
        size = LARGEST * due / due.max()
        axes.scatter(spots[~left, 0], spots[~left, 1], s=size[~left], color=SERIES[5], lw=0, zorder=3)
        if left.any():
            axes.scatter(
                spots[left, 0], spots[left, 1], s=size[left], color=STOP, lw=0, zorder=3, label="有剩余 left over"
            )
        bases = np.array([at[p] for p in dict.fromkeys(teams["home"])])
        axes.scatter(bases[:, 0], bases[:, 1], s=70, color=INK, marker="s", zorder=4, label="出发地 home")
        axes.set(title="移动接种巡回 Mobile rounds", xlabel="经度 longitude", ylabel="纬度 latitude")
        axes.set_aspect(1 / np.cos(np.radians(spots[:, 1].mean())))
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)
    return made
