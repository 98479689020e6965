"""The pictures of a plan: doses and targets over time, weeks by product and rank, stock and its days, units by share reached."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from .. import pictures as look
from .case import spread_history
from .scenario import Plan, Scenario
from .shortfall import SLACK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WEEK = 7
RANKS = ("first doses 首剂", "second doses 第二剂", "third doses 第三剂")
MILLION = 1_000_000


def burnup(scenario: Scenario, plan: Plan) -> "Figure":
    """Cumulative doses by rank to the deadline, and for each target the share of the persons it needs, by day."""
    rows = plan.summary["back_schedule"]
    days = [row["date"] for row in rows]
    with look.figure(11, 4.4, ncols=2) as (made, (doses, share)):
        ranks = [key for key in ("dose_1", "dose_2", "dose_3") if rows and key in rows[0]]
        heights, unit = _scaled(np.array([[row[key] for row in rows] for key in ranks], dtype=float))
        doses.stackplot(
            days, heights, labels=[RANKS[int(key[-1]) - 1] for key in ranks], colors=look.SERIES, alpha=0.85
        )
        doses.set(title="Doses, those before included 累计剂次", ylabel=f"doses{unit}")
        doses.legend(loc="upper left")
        done = reached_by_day(scenario, plan)
        for number, row in enumerate(plan.summary["targets"]):
            needed = max(1, row["needed"])
            line = done.filter(pl.col("target") == row["target"]).sort("date")
            colour = look.SERIES[number % len(look.SERIES)]
            share.plot(line["date"], 100 * line["persons"] / needed, color=colour, label=row["target"])
            share.plot([row["by"]], [100], marker="D", color=look.STOP if row["short_by"] else look.NORMAL)
        share.axhline(100, color=look.STOP, linewidth=1, linestyle="--")
        share.set(title="Targets, of the persons still needed 目标进度", ylabel="% of needed", ylim=(0, None))
        if plan.summary["targets"]:
            share.legend(loc="lower right")
        _dates(made, doses, share)
    return made


def reached_by_day(scenario: Scenario, plan: Plan) -> pl.DataFrame:
    """[target, date, persons]: planned doses that count for each target, cumulative from the first day of the plan."""
    last = dict(scenario.products.select("product", "doses").iter_rows())
    series = plan.quotas.with_columns(closes=pl.col("dose_rank") == pl.col("product").replace_strict(last, default=0))
    days = pl.DataFrame({"date": [row["date"] for row in plan.summary["back_schedule"]]}, schema={"date": pl.Date})
    parts = []
    for row in scenario.targets.iter_rows(named=True):
        counts = pl.col("dose_rank") == 1 if row["measure"] == "started" else pl.col("closes")
        mine = series.filter(counts & _in_groups(row) & (pl.col("date") <= row["by"]))
        daily = days.join(mine.group_by("date").agg(persons=pl.col("doses").sum()), on="date", how="left").sort("date")
        daily = daily.filter(pl.col("date") <= row["by"]).with_columns(pl.col("persons").fill_null(0).cum_sum())
        parts.append(daily.select(pl.lit(row["target"]).alias("target"), "date", "persons"))
    return pl.concat(parts)


def _in_groups(target: Mapping[str, Any]) -> pl.Expr:
    return pl.lit(True) if "ALL" in target["group"] else pl.col("group").is_in(list(target["group"]))


def weeks(scenario: Scenario, plan: Plan) -> "Figure":
    """Doses a week (weeks counted back from the deadline) by product, a panel per dose rank, last useful first days marked."""
    deadline, products = scenario.campaign.deadline, _moving(scenario, plan)
    back = (pl.lit(deadline) - pl.col("date")).dt.total_days() // WEEK
    sums = plan.quotas.group_by("dose_rank", "product", week=back).agg(pl.col("doses").sum())
    ranks = sorted(set(sums["dose_rank"])) or [1]
    count = int(sums["week"].max() or 0) + 1  # type: ignore[arg-type]
    middles = [deadline - timedelta(days=WEEK * n + 3) for n in range(count)]
    with look.figure(11, 1.2 + 2.1 * len(ranks), nrows=len(ranks), sharex=True, squeeze=False) as (made, axes):
        for panel, rank in zip(axes[:, 0], ranks, strict=True):
            here = {
                (p, w): n
                for r, p, w, n in sums.select("dose_rank", "product", "week", "doses").iter_rows()
                if r == rank
            }
            heights, unit = _scaled(
                np.array([[here.get((p, w), 0) for w in range(count)] for p in products], dtype=float)
            )
            below = np.zeros(count)
            for number, product in enumerate(products):
                colour = look.SERIES[number % len(look.SERIES)]
                panel.bar(middles, heights[number], bottom=below, width=6, color=colour, label=_name(scenario, product))
                below += heights[number]
            panel.set(title=f"{RANKS[min(rank, 3) - 1]}", ylabel=f"doses a week{unit}")
        _last_useful(axes[0, 0], plan, products)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        made.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=9)
        _dates(made, *axes[:, 0])
    return made


def _last_useful(panel: "Axes", plan: Plan, products: Sequence[str]) -> None:
    """A line after each product's last day on which a first dose can still be completed."""
    days: dict[date, list[str]] = {}
    for product in products:
        days.setdefault(plan.summary["last_useful_first_dose"][product], []).append(product)
    for day, codes in days.items():
        panel.axvline(day + timedelta(hours=12), color=look.STOP, linewidth=1.2, linestyle="--")  # type: ignore[arg-type]
        text = f"{', '.join(codes)}: {day:%m-%d}"
        panel.annotate(
            text, (day, 1), xycoords=("data", "axes fraction"), rotation=90, va="top", ha="right", fontsize=8
        )


def cover(scenario: Scenario, plan: Plan) -> "Figure":
    """Doses on hand in the city by product, and the days that they last at the use of the seven days to come."""
    ends = plan.stock.group_by("date", "product").agg(pl.col("doses").sum())
    days = sorted({row["date"] for row in plan.summary["back_schedule"]})
    products = _moving(scenario, plan)
    held, used = _grid(ends, products, days), _grid(plan.quotas, products, days)
    with look.figure(11, 4.4, ncols=2) as (made, (stock, last)):
        heights, unit = _scaled(held)
        stock.stackplot(days, heights, labels=[_name(scenario, p) for p in products], colors=look.SERIES, alpha=0.85)
        stock.set(title="Doses on hand at the end of the day 库存", ylabel=f"doses{unit}")
        stock.legend(loc="upper left", fontsize=9)
        for number in range(len(products)):
            last.plot(days, days_of_cover(held[number], used[number]), color=look.SERIES[number % len(look.SERIES)])
        for limit, colour in ((7, look.ATTENTION), (14, look.STOP)):
            last.axhline(limit, color=colour, linewidth=1, linestyle="--")
        last.set(title="Days of cover 可用天数 (7 amber, 14 red)", ylabel="days", ylim=(0, 28))
        _dates(made, stock, last)
    return made


def days_of_cover(held: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Stock at the end of each day over the mean daily use of the seven days after it; nothing where nothing is used then."""
    total = np.append(0, np.cumsum(used))
    after = np.arange(1, len(used) + 1)
    until = np.minimum(after + WEEK, len(used))
    mean = (total[until] - total[np.minimum(after, len(used))]) / np.maximum(1, until - after)
    return np.where(mean > 0, held / np.maximum(mean, 1e-9), np.nan)


def shares(scenario: Scenario, plan: Plan, target: str, given: pl.DataFrame | None = None) -> pl.DataFrame:
    """[unit, week, share]: share of a target's denominator reached by the end of each week, those reached before included.

    given [unit, group, product, dose_rank, day, doses] are the doses before the plan; default: the scenario's history.
    """
    row = scenario.targets.filter(pl.col("target") == target).row(0, named=True)
    last = dict(scenario.products.select("product", "doses").iter_rows())
    closes = pl.col("dose_rank") == pl.col("product").replace_strict(last, default=0)
    counts = (pl.col("dose_rank") == 1 if row["measure"] == "started" else closes) & _in_groups(row)
    past = (spread_history(scenario) if given is None else given).filter(counts & (pl.col("day") <= plan.as_of))
    before = dict(past.group_by("unit").agg(pl.col("doses").sum()).iter_rows())
    people = scenario.population.filter(_in_groups(row)).group_by("unit").agg(of=pl.col("eligible").sum())
    if row["denominator"] == "population":
        people = scenario.units.select("unit", of="population")
    of = dict(people.iter_rows())
    made = plan.quotas.filter(counts).group_by("unit", "date").agg(pl.col("doses").sum())
    ends = _week_ends(plan.as_of, row["by"])
    rows = []
    for unit in scenario.units["unit"]:
        mine = made.filter(pl.col("unit") == unit)
        rows += [
            (
                unit,
                end,
                (before.get(unit, 0) + mine.filter(pl.col("date") <= end)["doses"].sum()) / max(1, of.get(unit, 0)),
            )
            for end in ends
        ]
    return pl.DataFrame(rows, schema={"unit": pl.String, "week": pl.Date, "share": pl.Float64}, orient="row")


def _week_ends(as_of: date, by: date) -> list[date]:
    count = max(0, (by - as_of).days - 1) // WEEK
    return [by - timedelta(days=WEEK * n) for n in range(count, -1, -1)]


def units(scenario: Scenario, plan: Plan, target: str, given: pl.DataFrame | None = None) -> "Figure":
    """Units as rows, weeks as columns: the share of the target's denominator reached, and who is below it at the end."""
    from matplotlib.colors import BoundaryNorm, ListedColormap

    table = shares(scenario, plan, target, given).pivot(on="week", index="unit", values="share")
    wanted = scenario.targets.filter(pl.col("target") == target).row(0, named=True)["share"]
    table = table.sort(table.columns[-1], descending=True)
    values, ends = table.drop("unit").to_numpy(), table.columns[1:]
    names = {
        row["unit"]: " ".join(dict.fromkeys((row["en"], row["zh"]))) for row in scenario.units.iter_rows(named=True)
    }
    steps = [0, *(wanted * n / 5 - SLACK for n in range(1, 6)), max(1.0, wanted * 1.2)]
    with look.figure(11, 1.6 + 0.23 * len(table)) as (made, axes):
        norm = BoundaryNorm(steps, len(look.AMOUNT))
        image = axes.pcolormesh(values, cmap=ListedColormap(look.AMOUNT), norm=norm, edgecolors="white", linewidth=0.6)
        for number, value in enumerate(values[:, -1]):
            text = f"{100 * value:.1f}%" + ("" if value >= wanted - SLACK else "  <")
            axes.text(len(ends) + 0.1, number + 0.5, text, va="center", fontsize=8)
        axes.set_yticks(np.arange(len(table)) + 0.5, [names[u] for u in table["unit"]], fontsize=8)
        axes.set_xticks(np.arange(len(ends)) + 0.5, [end[5:] for end in ends], fontsize=8)
        axes.set_title(
            f"{target}: share reached by the end of the week 各单元周末达到比例 (target {100 * wanted:.0f}%)"
        )
        axes.grid(visible=False)
        made.colorbar(image, ax=axes, ticks=steps, format=lambda v, _: f"{100 * v:.0f}%", pad=0.09, shrink=0.6)
    return made


def scenarios(table: pl.DataFrame, plans: Mapping[str, Plan]) -> "Figure":
    """Scenarios side by side: doses day by day, and the persons missing from each target."""
    names = list(plans)
    largest = max((plan.summary["doses"] for plan in plans.values()), default=0)
    with look.figure(11, 3.4 + 0.25 * len(names), ncols=2) as (made, (curve, missing)):
        for number, (name, plan) in enumerate(plans.items()):
            daily = plan.quotas.group_by("date").agg(pl.col("doses").sum()).sort("date")
            heights, unit = _scaled(daily["doses"].cum_sum().to_numpy().astype(float), largest)
            curve.plot(daily["date"], heights, color=look.SERIES[number % len(look.SERIES)], label=name)
        curve.set(title="Doses planned, cumulative 累计计划剂次", ylabel=f"doses{unit if names else ''}")
        curve.legend(loc="upper left", fontsize=9)
        targets = list(dict.fromkeys(table["target"]))
        height = 0.8 / max(1, len(targets))
        scale, unit = _scaled(np.array([1.0]), table["short_by"].to_numpy().max(initial=0))
        for place, target in enumerate(targets):
            short = dict(table.filter(pl.col("target") == target).select("scenario", "short_by").iter_rows())
            at = np.arange(len(names)) + place * height
            values = [short.get(name, 0) for name in names]
            bars = missing.barh(
                at, np.array(values) * scale, height, color=look.SERIES[place % len(look.SERIES)], label=target
            )
            missing.bar_label(bars, [f"{n:,}" for n in values], padding=3, fontsize=8)
        missing.set_yticks(np.arange(len(names)) + height * (len(targets) - 1) / 2, names)
        missing.invert_yaxis()
        missing.set(title="Persons missing 缺口人数", xlabel=f"persons{unit}")
        missing.margins(x=0.25)
        missing.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=3, fontsize=9)
        _dates(made, curve)
    return made


def moved(before: pl.DataFrame, after: pl.DataFrame, first: date, last: date) -> "Figure":
    """Doses by day of an earlier plan and of this one over the same days."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    with look.figure(11, 3.4) as (made, axes):
        for name, frame, colour in (
            ("earlier plan 原计划", before, look.CLOSED), ("this plan 现计划", after, look.ACTION)
        ):  # fmt: skip
            daily = dict(frame.group_by("date").agg(pl.col("doses").sum()).iter_rows())
            axes.plot(days, [daily.get(day, 0) for day in days], drawstyle="steps-mid", color=colour, label=name)
        axes.set(title="Doses a day, before and after 前后两次计划的每日剂次", ylabel="doses", ylim=(0, None))
        axes.legend(loc="lower left")
        _dates(made, axes)
    return made


def _moving(scenario: Scenario, plan: Plan) -> list[str]:
    """The products that this plan gives or holds, in the scenario's order."""
    seen = {*plan.quotas["product"], *plan.stock["product"]}
    return [product for product in scenario.products["product"] if product in seen]


def _grid(frame: pl.DataFrame, products: Sequence[str], days: Sequence[date]) -> np.ndarray:
    sums = {(p, d): n for p, d, n in frame.group_by("product", "date").agg(pl.col("doses").sum()).iter_rows()}
    return np.array([[sums.get((p, d), 0) for d in days] for p in products], dtype=float)


def _scaled(values: np.ndarray, largest: float | None = None) -> tuple[np.ndarray, str]:
    """Millions or thousands where the numbers are large, with the words for the axis."""
    top = float(values.max(initial=0)) if largest is None else largest
    if top >= MILLION:
        return values / MILLION, ", million"
    return (values / 1000, ", thousand") if top >= 10_000 else (values, "")


def _name(scenario: Scenario, product: str) -> str:
    row = scenario.products.filter(pl.col("product") == product).row(0, named=True)
    return f"{product} {row['en']}"


def _dates(made: "Figure", *axes: "Axes") -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    for each in axes:
        each.xaxis.set_major_locator(AutoDateLocator(maxticks=8))
        each.xaxis.set_major_formatter(DateFormatter("%m-%d"))
