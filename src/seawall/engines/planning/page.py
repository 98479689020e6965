"""A plan as one HTML page: the verdict, what stands in the way, and its pictures; nothing is fetched."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from .. import pictures as look
from . import pictures
from .scenario import Plan, Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LAST = "LAST_FIRST_DOSE"  # a date that follows from the deadline, not something in the way
UNKNOWN = "未知 unknown"
SHOWN = 30  # rows of a table on the page; the files hold all
Part = tuple[str, str, str]


def write_plan_page(
    path: Path,
    scenario: Scenario,
    plan: Plan,
    *,
    given: pl.DataFrame | None = None,
    scenarios: tuple[pl.DataFrame, Mapping[str, Plan]] | None = None,
    before: tuple[pl.DataFrame, pl.DataFrame] | None = None,
) -> None:
    """Writes the page, and its pictures as SVG into `pictures` beside it.

    scenarios: their table and plans; before: the earlier plan's quotas and the table of changes.
    """

    def drawn(name: str, figure: "Figure") -> str:
        look.save(figure, path.parent / "pictures" / f"{name}.svg")
        return look.svg(figure)

    parts = [_verdict(plan), *_obstacles(plan)]
    if plan.quotas.height:
        parts += [(zh, en, drawn(name, figure)) for name, zh, en, figure in _drawings(scenario, plan, given)]
    if scenarios:
        table, plans = scenarios
        parts.append(_scenarios(table, drawn("scenarios", pictures.scenarios(table, plans))))
    if before:
        earlier, table = before
        figure = pictures.moved(earlier, plan.quotas, *near_days(plan))
        parts.append(_changes(plan, table, drawn("changes", figure)))
    parts.append(_levels(plan))
    look.write_page(path, f"{scenario.campaign.name_zh} · 倒排计划", f"{scenario.campaign.name_en}: plan", parts)


def hardest(plan: Plan) -> str:
    """The target that the map of units shows: the one most persons are missing from, else the largest."""
    rows = plan.summary["targets"]
    return str(max(rows, key=lambda row: (row["short_by"], row["measure"] == "complete", row["denominator"]))["target"])


def near_days(plan: Plan, days: int = 14) -> tuple[date, date]:
    """The first days of a plan, over which two plans are compared."""
    return plan.as_of + timedelta(days=1), plan.as_of + timedelta(days=days)


def _verdict(plan: Plan) -> Part:
    facts = plan.summary
    if facts["feasible"]:
        zh, en = "全部目标可以按期完成。", "Every target can be met in time."
    else:
        zh, en = "按现有条件，目标不能全部按期完成。", "Not every target can be met."
    if facts.get("earliest_date"):
        zh += f"按已知到苗，最早{facts['earliest_date']}可完成。"
        en += f" With what is known to arrive, {facts['earliest_date']} is the earliest date."
    if facts["status"] == "stopped by time":
        zh += "求解到时停止：这是已找到的最好方案。"
        en += " The solver was stopped by time: this is its best plan."
    header = ["目标 target", "截止 by", "口径人数 denominator", "尚需 needed", "计划 planned", "缺口 short"]
    keys = ("target", "by", "denominator", "needed", "planned", "short_by")
    rows = [[row[key] for key in keys] for row in facts["targets"]]
    head = f"<p>{look.both(f'<b>{escape(zh)}</b><br>', escape(en), '')}</p>"
    many = f"{facts['doses']:,}"
    spoken = f"<p>{look.both(f'{many} 剂，{plan.as_of}之后', f'{many} doses after {plan.as_of}', ' · ')}</p>"
    spoken += f"<p>{look.label('间隙 gap')}: {look.label(UNKNOWN) if facts['gap'] is None else format(facts['gap'], '.2%')}</p>"
    return "结论", "verdict", head + spoken + look.table(header, rows)


def _obstacles(plan: Plan) -> list[Part]:
    rows = [row for row in plan.summary["obstacles"] if row["code"] != LAST]
    said = plan.obstacles.filter(pl.col("code") != LAST).select("zh", "en").rows()
    lasts = plan.summary["last_useful_first_dose"]
    known = [
        ("首剂最迟接种日", "last useful first dose", look.table(["疫苗 product", "日期 date"], list(lasts.items())))
    ]
    if not rows:
        return known
    header = ["代码 code", "日期 date", "缺口 short by", "说明 what", "办法 remedy"]
    body = [
        [row["code"], row["date"], _amount(row), look.both(zh, en), look.both(row["remedy_zh"], row["remedy_en"])]
        for row, (zh, en) in list(zip(rows, said, strict=True))[:SHOWN]
    ]
    more = len(rows) - SHOWN
    note = (
        f"<p>{look.both(f'另有 {more} 项见 obstacles.csv', f'{more} more in obstacles.csv', ' · ')}</p>"
        if more > 0
        else ""
    )
    return [("堵点与办法", "what stands in the way, and what would remove it", look.table(header, body) + note), *known]


def _amount(row: Mapping[str, Any]) -> str:
    return f"{row['short_by']:,} {row['measure']}"


def _drawings(scenario: Scenario, plan: Plan, given: pl.DataFrame | None) -> Iterator[tuple[str, str, str, "Figure"]]:
    """Name of the file, headings in both languages, and figure."""
    yield "burnup", "进度与目标", "burn-up and targets", pictures.burnup(scenario, plan)
    yield "weeks", "每周剂次，按剂次与疫苗", "doses a week by rank and product", pictures.weeks(scenario, plan)
    yield "cover", "库存与可用天数", "stock and days of cover", pictures.cover(scenario, plan)
    if plan.summary["targets"]:
        yield "units", "各单元达到比例", "units by share reached", pictures.units(scenario, plan, hardest(plan), given)


def _scenarios(table: pl.DataFrame, picture: str) -> Part:
    header = ["情景 scenario", "目标 target", "尚需 needed", "计划 planned", "缺口 short", "首剂 dose 1", "余苗 left"]
    keys = ("scenario", "target", "needed", "planned", "short_by", "dose_1", "left")
    return "情景对比", "scenarios side by side", look.table(header, table.select(keys).rows()) + picture


def _changes(plan: Plan, table: pl.DataFrame, picture: str) -> Part:
    first, last = near_days(plan)
    by_unit = table.group_by("unit").agg(pl.col("before", "after", "change").sum())
    rows = by_unit.sort(pl.col("change").abs(), "unit", descending=[True, False]).head(SHOWN).rows()
    moved = int(table["change"].abs().sum())
    said = f"<p>{first} – {last}: {look.both(f'变动 {moved:,} 剂', f'{moved:,} doses move', ' · ')}</p>"
    header = ["单元 unit", "原 before", "现 after", "增减 change"]
    return "与上次计划对比", "against the earlier plan", said + picture + look.table(header, rows)


def _levels(plan: Plan) -> Part:
    header = ["目标层 level", "单位 unit", "值 value", "已证界 bound", "间隙 gap", "秒 seconds"]
    keys = ("unit", "value", "bound", "gap", "seconds")
    rows = [
        [look.both(row["zh"], row["name"]), *(UNKNOWN if row[key] is None else row[key] for key in keys)]
        for row in plan.summary["levels"]
    ]
    return "求解证明", "what the solver proved", look.table(header, rows)
