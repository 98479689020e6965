"""Makes the manual of rules, docs/rules/, from the tables of this folder: `python -m tests.spec.manual`."""

import csv
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")

import django

django.setup()

from seawall.engines.schedule import Schedule, judge, load, shipped  # noqa: E402
from seawall.reference.reasons import say  # noqa: E402
from seawall.terms.actor import EN, ZH  # noqa: E402
from tests.engines.schedule.cases import SPEC, cases, frames  # noqa: E402

DOCS = Path(__file__).parents[2] / "docs" / "rules"
COLOURS = {
    "valid": "#2f7d5b",
    "valid_by_grace": "#7a9a3a",
    "review": "#b7791f",
    "not_valid": "#b23a3a",
    "extra": "#7a7f87",
}
WIDTH, LEFT, RIGHT = 720, 20, 20


def pages() -> dict[str, str]:
    """Every file of the manual by its path under docs/rules."""
    with (SPEC / "titles.csv").open(encoding="utf-8", newline="") as file:
        titles = {(row["programme"], row["table"]): row for row in csv.DictReader(file)}
    programmes = list(dict.fromkeys(programme for programme, _ in titles))
    files = {"README.md": _index(programmes)}
    for programme in programmes:
        schedule = load(shipped(programme))
        by_table: dict[str, list[dict[str, str]]] = {}
        for case in cases(programme):
            by_table.setdefault(case["table"], []).append(case)
        text = [f"# {schedule.tables.name_zh} · {schedule.tables.name_en}", ""]
        for (owner, table), title in titles.items():
            if owner == programme:
                text += [f"## {title['zh']} · {title['en']}", ""]
                for case in by_table[table]:
                    answer = _answer(schedule, case)
                    text += _example(schedule, case, answer)
                    files[f"{programme}/{case['case']}.svg"] = timeline(case, *answer)
        files[f"{programme}.md"] = "\n".join(text)
    return files


def _index(programmes: list[str]) -> str:
    lines = ["# 规则手册 · The manual of rules", "", "由 `tests/spec/` 的表格生成，每一行都是测试。", ""]
    lines += ["Made from the tables in `tests/spec/`; every example is a test.", ""]
    names = {p: load(shipped(p)).tables for p in programmes}
    return "\n".join([*lines, *(f"- [{names[p].name_zh} · {names[p].name_en}]({p}.md)" for p in programmes), ""])


def _answer(schedule: Schedule, case: dict[str, str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    *columns, as_of = frames(case)
    answer = judge(schedule, *columns, as_of=as_of)
    target = case["target"] or schedule.tables.targets[0].target
    due = answer.due.filter(target=target).row(0, named=True)
    return answer.verdicts.filter(target=target).rows(named=True), due


def _example(
    schedule: Schedule, case: dict[str, str], answer: tuple[list[dict[str, Any]], dict[str, Any]]
) -> list[str]:
    verdicts, due = answer
    about = f"{case['birth']}, {case['sex']}" + (f"; {case['conditions']}" if case["conditions"] else "")
    lines = [f"### {case['zh']} · {case['en']}", "", f"{about} · {case['as_of']}" + (f" · {case['target']}" if case["target"] else ""),
             "", f"![{case['case']}]({schedule.programme}/{case['case']}.svg)", ""]  # fmt: skip
    for row in [*verdicts, due]:
        params = schedule.citation(row["rule"])
        what = f"{row['given_on']} {row['product'] or '?'}" if "given_on" in row else "→"
        word = row["verdict"] or "–" if "verdict" in row else row["status"]
        lines.append(
            f"- {what} **{word}** {say(row['reason'], params, ZH)} {say(row['reason'], params, EN)} `{row['rule'] or '–'}`"
        )
    return [*lines, ""]


def timeline(case: dict[str, str], verdicts: list[dict[str, Any]], due: dict[str, Any]) -> str:
    """Doses as dots in the colour of their verdict, the day of the answer as a line, the days of the next dose as a bar."""
    as_of = date.fromisoformat(case["as_of"])
    marks = [
        as_of,
        *(row["given_on"] for row in verdicts),
        *filter(None, (due["earliest"], due["overdue_from"], due["latest"])),
    ]
    near = [day for day in marks if abs((day - as_of).days) < 1500]
    first, last = min(near) - timedelta(days=10), max(near) + timedelta(days=20)

    def x(day: date) -> float:
        share = (min(max(day, first), last) - first).days / (last - first).days
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def text(at: float, y: int, words: object, colour: str = "#1f2933") -> str:
        anchor = "end" if at > WIDTH - 130 else "start"
        return f'<text x="{at}" y="{y}" fill="{colour}" text-anchor="{anchor}">{words}</text>'

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 104" font-family="sans-serif" font-size="11">',
             f'<line x1="{LEFT}" y1="60" x2="{WIDTH - RIGHT}" y2="60" stroke="#9aa0a8"/>']  # fmt: skip
    if due["earliest"]:
        start, end = x(due["earliest"]), x(due["latest"] or last)
        parts.append(
            f'<rect x="{start}" y="54" width="{max(2, end - start)}" height="12" fill="#2f7d5b" opacity="0.25"/>'
        )
        parts.append(text(start, 84, due["earliest"], "#2f7d5b"))
    if due["overdue_from"]:
        start = x(due["overdue_from"])
        parts.append(
            f'<rect x="{start}" y="54" width="{max(2, x(last) - start)}" height="12" fill="#b23a3a" opacity="0.2"/>'
        )
        parts.append(text(start, 98, due["overdue_from"], "#b23a3a"))
    for n, row in enumerate(verdicts):
        colour = COLOURS.get(row["verdict"] or "", "#5b6b8c")
        parts.append(f'<circle cx="{x(row["given_on"])}" cy="60" r="6" fill="{colour}"/>')
        parts.append(text(x(row["given_on"]), 44 - 13 * (n % 3), f"{row['product'] or '?'} {row['given_on']}", colour))
    parts.append(f'<line x1="{x(as_of)}" y1="48" x2="{x(as_of)}" y2="72" stroke="#1f2933" stroke-width="2"/>')
    return "\n".join([*parts, "</svg>", ""])


def write() -> None:
    for name, text in pages().items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
