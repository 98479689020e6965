"""Read a scenario folder and check every table first: all mistakes at once, each by file, row and column."""

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from .checks import Tables, row_mistakes
from .scenario import Campaign, Mistake, Scenario, Settings

OPTIONAL = frozenset(
    ["population", "phases", "calendar", "history", "transport", "storage", "staff", "profiles", "areas", "peers"]
    + ["clearance", "mixing", "one_product"]
)
NAMES = {
    one: other
    for english, chinese in (("en", "zh"), ("name_en", "name_zh"), ("authority_en", "authority_zh"))
    for one, other in ((english, chinese), (chinese, english))
}
"""Where one of the two names is left out, the other stands for it."""
KINDS: dict[str, Any] = {
    "text": pl.String,
    "int": pl.Int64,
    "float": pl.Float64,
    "date": pl.Date,
    "codes": pl.List(pl.String),
}


class ScenarioMistakes(Exception):
    """The folder cannot be planned; `mistakes` holds every reason found."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(f"{m.file} row {m.row} {m.column}: {m.en}" for m in mistakes))
        self.mistakes = mistakes


@cache
def dictionary() -> dict[str, list[dict[str, str]]]:
    """The data dictionary: for each table its columns with type, unit, rule and meaning."""
    tables: dict[str, list[dict[str, str]]] = {}
    with (Path(__file__).parent / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tables.setdefault(row["table"], []).append(row)
    return tables


def load_scenario(folder: Path | str) -> Scenario:
    """Read and check a folder; raises ScenarioMistakes naming every file, row and column that is wrong."""
    return check_files(read_files(folder))


def read_files(folder: Path | str) -> dict[str, bytes]:
    """The files of a campaign folder by name, unread."""
    names = ["campaign.toml", *(f"{name}.csv" for name in dictionary())]
    return {name: (Path(folder) / name).read_bytes() for name in names if (Path(folder) / name).is_file()}


def check_files(files: Mapping[str, bytes]) -> Scenario:
    """A scenario from the contents of its files, all of them checked first."""
    mistakes: list[Mistake] = []
    campaign, settings = _read_head(files, mistakes)
    tables = {name: _read_table(files, name, mistakes) for name in dictionary()}
    rows_of = {name: {row["_row"]: row for row in rows} for name, rows in tables.items()}
    for name, rows in tables.items():
        mistakes += _check_links(name, rows, rows_of, campaign, settings.city_store)
    if mistakes or campaign is None:
        raise ScenarioMistakes(mistakes)
    frames = {name: _frame(name, rows) for name, rows in tables.items()}
    frames["population"] = _population(frames)
    return Scenario(campaign=campaign, settings=settings, **frames)  # type: ignore[arg-type]  # one frame per table


def _mistake(file: str, row: int, column: str, value: object, rule: str, zh: str, en: str) -> Mistake:
    return Mistake(file, row, column, "" if value is None else str(value), rule, zh, en)


def _read_head(files: Mapping[str, bytes], mistakes: list[Mistake]) -> tuple[Campaign | None, Settings]:
    try:
        head = tomllib.loads(files["campaign.toml"].decode())
    except KeyError:
        mistakes.append(_mistake("campaign.toml", 0, "", "", "present", "缺少此文件。", "This file is missing."))
        return None, Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.append(
            _mistake("campaign.toml", 0, "", "", "toml", f"不是有效的TOML：{error}", f"Not valid TOML: {error}")
        )
        return None, Settings()
    head |= {name: head[other] for name, other in NAMES.items() if name not in head and other in head}
    settings = _typed(Settings, head.pop("plan", {}), mistakes, {"near_days", "lead_days", "cover_days"})
    campaign = _typed(Campaign, head, mistakes, set())
    if campaign and campaign.deadline < campaign.opens:
        mistakes.append(
            _mistake(
                "campaign.toml",
                0,
                "deadline",
                campaign.deadline,
                "after opens",
                "截止日早于开始日。",
                "The deadline is before the opening day.",
            )
        )
    if campaign and campaign.counting not in ("named", "tally"):
        zh, en = "只能是 named 或 tally。", "Must be named or tally."
        mistakes.append(_mistake("campaign.toml", 0, "counting", campaign.counting, "one_of", zh, en))
    if campaign and not campaign.opening < campaign.closing <= campaign.cut_off:
        hours = f"{campaign.opening:%H:%M} {campaign.closing:%H:%M} {campaign.cut_off:%H:%M}"
        zh, en = "须 opening < closing ≤ cut_off。", "The hours must follow: opening < closing <= cut_off."
        mistakes.append(_mistake("campaign.toml", 0, "cut_off", hours, "hours in order", zh, en))
    return campaign, settings or Settings()


def _typed(kind: Any, values: dict[str, Any], mistakes: list[Mistake], _positive: set[str]) -> Any:
    wanted: dict[str, Any] = {f.name: f.type for f in fields(kind)}
    needed = {f.name for f in fields(kind) if f.default is MISSING}
    good = True
    for name, kind_of in wanted.items():
        if name not in values:
            if name in needed:
                good = False
                mistakes.append(
                    _mistake("campaign.toml", 0, name, "", "required", "缺少此项。", "This entry is missing.")
                )
        elif not isinstance(values[name], (int, float) if kind_of is float else kind_of):
            good = False
            en = f"Must be {kind_of.__name__}."
            mistakes.append(
                _mistake("campaign.toml", 0, name, values[name], kind_of.__name__, f"类型应为 {kind_of.__name__}。", en)
            )
        elif isinstance(values[name], (int, float)) and values[name] < 0:
            good = False
            mistakes.append(
                _mistake("campaign.toml", 0, name, values[name], "not_negative", "不能为负。", "Must not be negative.")
            )
    return kind(**{name: values[name] for name in wanted if name in values}) if good else None


def _read_table(files: Mapping[str, bytes], name: str, mistakes: list[Mistake]) -> list[dict[str, Any]]:
    file = f"{name}.csv"
    if file not in files:
        if name not in OPTIONAL:
            mistakes.append(_mistake(file, 0, "", "", "present", "缺少此文件。", "This file is missing."))
        return []
    try:
        text = files[file].decode("utf-8-sig")
    except UnicodeDecodeError:
        mistakes.append(
            _mistake(file, 0, "", "", "utf-8", "编码不是UTF-8，请另存为UTF-8。", "Not UTF-8: save the file as UTF-8.")
        )
        return []
    numbered = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not numbered:
        mistakes.append(_mistake(file, 1, "", "", "header", "缺少表头。", "The header row is missing."))
        return []
    parsed = csv.reader(line for _, line in numbered)
    header = next(parsed)
    needed = [c["column"] for c in dictionary()[name] if c["required"] == "yes"]
    missing = [column for column in needed if not {column, NAMES.get(column, column)} & set(header)]
    mistakes.extend(
        _mistake(file, numbered[0][0], column, "", "column", f"缺少列 {column}。", f"Column {column} is missing.")
        for column in missing
    )
    if missing:
        return []
    return [
        _read_row(file, name, number, dict(zip(header, cells, strict=False)), mistakes)
        for (number, _), cells in zip(numbered[1:], parsed, strict=False)
    ]


def _read_row(file: str, name: str, number: int, cells: dict[str, str], mistakes: list[Mistake]) -> dict[str, Any]:
    row: dict[str, Any] = {"_row": number}
    for column in dictionary()[name]:
        key = column["column"]
        text = (cells.get(key) or cells.get(NAMES.get(key, "")) or "").strip()
        row[key] = None
        if not text:
            if column["type"] == "codes":
                row[key] = []
            if column["required"] == "yes":
                mistakes.append(
                    _mistake(file, number, key, "", "required", "此格不能为空。", "This cell must not be empty.")
                )
            continue
        try:
            row[key] = PARSE[column["type"]](text)
        except ValueError:
            zh, en = f"应为{TYPE_ZH[column['type']]}。", f"Must be {TYPE_EN[column['type']]}."
            mistakes.append(_mistake(file, number, key, text, column["type"], zh, en))
            continue
        for zh, en in _check_value(column["rule"], row[key]):
            mistakes.append(_mistake(file, number, key, text, column["rule"], zh, en))
    return row


def _codes(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


PARSE: dict[str, Callable[[str], Any]] = {
    "text": str,
    "int": int,
    "float": float,
    "date": date.fromisoformat,
    "codes": _codes,
}
TYPE_ZH = {"text": "文字", "int": "整数", "float": "数字", "date": "日期（如 2021-06-30）", "codes": "以分号隔开的代码"}
TYPE_EN = {
    "text": "text",
    "int": "a whole number",
    "float": "a number",
    "date": "a date such as 2021-06-30",
    "codes": "codes joined by ;",
}


def _check_value(rule: str, value: Any) -> Iterator[tuple[str, str]]:
    if rule == "positive" and not value > 0:
        yield "应大于0。", "Must be greater than 0."
    elif rule == "not_negative" and not value >= 0:
        yield "不能为负。", "Must not be negative."
    elif rule == "share" and not 0 <= value <= 1:
        yield "应在0与1之间。", "Must be between 0 and 1."
    elif rule == "hours" and not 0 <= value <= 24:
        yield "应在0与24小时之间。", "Must be between 0 and 24 hours."
    elif rule.startswith("one_of:") and value not in rule[7:].split("|"):
        options = rule[7:].replace("|", ", ")
        yield f"应为其中之一：{options}。", f"Must be one of: {options}."


def _check_links(
    name: str, rows: list[dict[str, Any]], tables: Tables, campaign: Campaign | None, store: str
) -> Iterator[Mistake]:
    """Rules that look beyond one cell: unique keys, known codes, days inside the campaign, an order of days."""
    file = f"{name}.csv"
    known = {
        t: {r[k] for r in tables[t].values()}
        for t, k in (("units", "unit"), ("groups", "group"), ("products", "product"))
    }
    for column in dictionary()[name]:
        key, rule, seen = column["column"], column["rule"], set[Any]()
        for row in rows:
            value, at = row[key], row["_row"]
            if value is None:
                continue
            table = rule.removesuffix("_once").removesuffix("_or_all")
            if (rule == "unique" or rule.endswith("_once")) and value in seen:
                yield _mistake(file, at, key, value, rule, "重复。", "Already used in an earlier row.")
            elif table in known and (bad := [c for c in _listed(value, rule) if c not in known[table]]):
                zh, en = f"{table}.csv 中没有此代码。", f"Not a code of {table}.csv."
                yield _mistake(file, at, key, ";".join(bad), rule, zh, en)
            elif campaign and rule == "in_campaign" and not campaign.opens <= value <= campaign.deadline:
                yield _mistake(
                    file,
                    at,
                    key,
                    value,
                    rule,
                    "不在活动开始日与截止日之间。",
                    "Not between the campaign's opening and deadline.",
                )
            elif campaign and rule == "before_opening" and value >= campaign.opens:
                yield _mistake(
                    file,
                    at,
                    key,
                    value,
                    rule,
                    "历史剂次应早于活动开始日。",
                    "History must lie before the campaign opens.",
                )
            if not isinstance(value, list):
                seen.add(value)
    for row in rows:
        for at_column, found, broken, zh, en in row_mistakes(name, row, tables, store):
            yield _mistake(file, row["_row"], at_column, found, broken, zh, en)


def _listed(value: Any, rule: str) -> list[str]:
    """The codes of a cell, ALL left out where it may stand for them."""
    codes = value if isinstance(value, list) else [value]
    return [code for code in codes if not (code == "ALL" and rule.endswith("_or_all"))]


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {c["column"]: KINDS[c["type"]] for c in dictionary()[name]}
    return pl.DataFrame([{k: row[k] for k in schema} for row in rows], schema=schema)


def _population(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Counts of population.csv, else residents x share, whole by carry over the units."""
    if frames["population"].height:
        return frames["population"]
    grid = (
        frames["units"]
        .select("unit", "population")
        .join(frames["groups"].select("group", "share_of_population"), how="cross")
    )
    running = (pl.col("population") * pl.col("share_of_population")).cum_sum().over("group").round()
    return grid.with_columns(running=running).select(
        "unit",
        "group",
        eligible=(pl.col("running") - pl.col("running").shift(1, fill_value=0).over("group")).cast(pl.Int64),
        uptake=pl.lit(None, dtype=pl.Float64),
    )
