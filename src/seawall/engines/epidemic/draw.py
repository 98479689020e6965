"""Pictures of an epidemic: curves side by side, attack rates, heat maps of who first, the barrier, a fitted curve."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from ..pictures import ACTION, AMOUNT, ATTENTION, INK, NORMAL, SERIES, STOP, figure
from .barrier import BREAKS, HOLDS
from .calibrate import Calibrated, Reported
from .ensemble import Ensemble
from .prioritise import best
from .run import COMPARTMENTS, Course

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ILL, WARD = COMPARTMENTS.index("infectious"), COMPARTMENTS.index("hospital")
CHOICES = tuple(colour for colour in SERIES if colour != STOP)
COLOURS = {HOLDS: NORMAL, BREAKS: STOP}


def scenarios(courses: Sequence[Course], members: Ensemble | None = None) -> "Figure":
    """Infectious people by day of each scenario, in percent of the people; the band holds 90% of the stochastic runs."""
    with figure(9, 4.5) as (made, axes):
        for course in courses:
            people = course.scenario.people.sum()
            axes.plot(100 * course.curves[:, ILL].sum(axis=1) / people, label=course.scenario.name)
        if members is not None:
            low, high = np.quantile(members.totals[:, :, ILL], (0.05, 0.95), axis=0)
            people = members.scenario.people.sum()
            axes.fill_between(np.arange(len(low)), 100 * low / people, 100 * high / people, color=ACTION, alpha=0.2)
        axes.set(
            title="现患感染者 Infectious people",
            xlabel="天 day",
            ylabel="占人口 % of the people",
            xlim=(0, None),
            ylim=(0, None),
        )
        axes.legend()
        return made


def attack_rates(courses: Sequence[Course]) -> "Figure":
    """Attack rate by age group, one bar for each scenario."""
    with figure(9, 4.5) as (made, axes):
        groups = courses[0].scenario.groups
        width = 0.8 / len(courses)
        for n, course in enumerate(courses):
            people = course.scenario.people.sum(axis=1)
            infected = course.curves[-1, COMPARTMENTS.index("infections")]
            rate = 100 * np.divide(infected, people, out=np.zeros(len(people)), where=people > 0)
            axes.bar(np.arange(len(groups)) + (n + 0.5) * width - 0.4, rate, width, label=course.scenario.name)
        every = max(1, len(groups) // 18)
        axes.set_xticks(np.arange(len(groups))[::every], groups[::every], fontsize=9)
        axes.set(title="各年龄组感染率 Attack rate by age group", xlabel="年龄组 age group", ylabel="%")
        axes.legend()
        return made


def averted(table: pl.DataFrame, count: str, title: str) -> "Figure":
    """Heat map: share averted of one count for each order and supply, one panel for each r0."""
    values = table["r0"].unique(maintain_order=True).to_list()
    orders = table["order"].unique(maintain_order=True).to_list()
    supplies = table["supply_share"].unique(maintain_order=True).to_list()
    with figure(1.5 + 3.9 * len(values), 1.2 + 0.62 * len(orders), ncols=len(values), squeeze=False) as (made, axes):
        for n, r0 in enumerate(values):
            part = table.filter(pl.col("r0") == r0).sort("order", maintain_order=True)
            cells = np.array(
                [part.filter(pl.col("order") == o)[f"{count}_averted_share"].to_list() for o in orders], float
            )
            _heat(axes[0, n], 100 * cells, supplies, orders if n == 0 else [""] * len(orders))
            axes[0, n].set_title(f"R0 = {r0:g}", loc="center", fontsize=11)
        made.suptitle(title, fontweight="bold", x=0.01, ha="left")
        return made


def _heat(axes: Any, cells: Any, supplies: Sequence[float], names: Sequence[str]) -> None:
    """One heat map in percent: the number of the best order of each supply is bold, and framed where there is room."""
    from matplotlib.colors import LinearSegmentedColormap

    axes.imshow(cells, aspect="auto", cmap=LinearSegmentedColormap.from_list("amount", AMOUNT), vmin=0, vmax=100)
    every = 1 if len(supplies) <= 12 else round(len(supplies) / 6)
    axes.set_xticks(range(0, len(supplies), every), [f"{100 * s:g}" for s in supplies[::every]])
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False)
    axes.set_xlabel("供应占人口 % supply")
    for column in range(0, len(supplies), every):
        for row in range(len(names)):
            value, top = cells[row, column], row == cells[:, column].argmax()
            axes.text(
                column, row, f"{value:.0f}", ha="center", va="center", fontsize=8,
                color="white" if value > 50 else INK, fontweight="bold" if top else "normal",
            )  # fmt: skip
            if top and every == 1:
                box = {"facecolor": "none", "edgecolor": INK, "linewidth": 1.2}
                axes.add_patch(_box(column, row, box))


def _box(column: int, row: int, look: dict[str, Any]) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, **look)


def first(table: pl.DataFrame) -> "Figure":
    """Heat map of the order that averts most: rows r0, columns supply, one panel for each count; the letter is the order."""
    orders = table["order"].unique(maintain_order=True).to_list()
    supplies = table["supply_share"].unique(maintain_order=True).to_list()
    values = table["r0"].unique(maintain_order=True).to_list()
    titles = {"infections": "感染 infections", "deaths": "死亡 deaths", "life_years": "寿命损失 years of life"}
    with figure(9, 1.1 + 3 * (0.5 + 0.36 * len(values)), nrows=3, sharex=True) as (made, axes):
        for panel, (count, title) in zip(axes, titles.items(), strict=True):
            chosen = best(table, count)
            for y, r0 in enumerate(values):
                for x, supply in enumerate(supplies):
                    order = chosen.filter((pl.col("r0") == r0) & (pl.col("supply_share") == supply))["order"][0]
                    panel.add_patch(
                        _box(x, y, {"facecolor": CHOICES[orders.index(order) % len(CHOICES)], "alpha": 0.8})
                    )
            panel.set(title=title, xlim=(-0.6, len(supplies) - 0.4), ylim=(-0.6, len(values) - 0.4))
            panel.set_yticks(range(len(values)), [f"R0 {r:g}" for r in values])
            panel.grid(visible=False)
        every = max(1, round(len(supplies) / 10))
        axes[-1].set_xticks(range(0, len(supplies), every), [f"{100 * s:g}" for s in supplies[::every]])
        axes[-1].set_xlabel("供应占人口 % supply, % of the people")
        handles = [_box(0, 0, {"facecolor": CHOICES[n % len(CHOICES)], "alpha": 0.8}) for n in range(len(orders))]
        made.legend(handles, orders, loc="outside right upper", title="先种 first")
        return made


def reproduction(table: pl.DataFrame) -> "Figure":
    """Effective reproduction number of each package with the coverage and without, with interval; the line is 1."""
    names = table["package"].unique(maintain_order=True).to_list()
    with figure(9, 1.4 + 0.7 * len(names)) as (made, axes):
        for row in table.iter_rows(named=True):
            now = row["coverage"] == "now"
            y = len(names) - 1 - names.index(row["package"]) + (0.12 if now else -0.18)
            colour = COLOURS.get(row["verdict"], ATTENTION) if now else "#9aa5b1"
            axes.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=6 if now else 3, solid_capstyle="butt")
            axes.plot(row["r"], y, "o", color=INK, markersize=5)
        axes.axvline(1.0, color=INK, linewidth=1)
        axes.set_yticks(range(len(names)), names[::-1])
        axes.set(
            title="有效再生数 Effective R",
            xlabel="粗：现有接种率；细：无接种 thick: coverage now; thin: none",
            xlim=(0, None),
        )
        return made


def fitted(found: Calibrated, reported: Reported) -> "Figure":
    """Reported cases and what the draws expect of them, as a band that holds 90%."""
    with figure(9, 4.5) as (made, axes):
        low, middle, high = np.quantile(found.expected, (0.05, 0.5, 0.95), axis=0)
        axes.fill_between(reported.days, low, high, color=ACTION, alpha=0.25)
        axes.plot(reported.days, middle, label="拟合 fitted")
        axes.plot(reported.days, reported.cases, "o", color=INK, markersize=3, label="报告 reported")
        axes.set(title="每日报告病例 Reported cases a day", xlabel="天 day", ylim=(0, None))
        axes.legend()
        return made
