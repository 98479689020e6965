"""Rules of one row of a scenario table that look at several of its cells, or at other tables."""

from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]
Tables = dict[str, dict[int, Row]]
Found = Iterator[tuple[str, object, str, str, str]]  # column, value, rule, zh, en


def row_mistakes(name: str, row: Row, tables: Tables, store: str) -> Found:
    """What is wrong in a row of a table; cells that could not be read are left alone."""
    if row.get("from") and row.get("to") and name != "transport" and row["to"] < row["from"]:
        yield "to", row["to"], "order", "结束日早于开始日。", "Ends before it starts."
    if name == "supply":
        yield from _supply(row)
    elif name == "history":
        yield from _history(row, tables)
    elif name == "products":
        yield from _products(row)
    elif name == "transport":
        yield from _transport(row, tables, store)
    elif name == "mixing":
        yield from _mixing(row, tables)


def _supply(row: Row) -> Found:
    if row["doses"] and row["doses_per_pack"] and row["doses"] % row["doses_per_pack"]:
        yield "doses", row["doses"], "whole packs", "不是整包装的倍数。", "Not a whole number of packs."
    if row["expires"] and row["date"] and row["expires"] <= row["date"]:
        yield "expires", row["expires"], "order", "到达时已过期。", "Already expired on arrival."


def _series(tables: Tables, product: object) -> int:
    """Doses of a product's series; none of an unknown product, which is a mistake of its own."""
    return next((row["doses"] or 0 for row in tables["products"].values() if row["product"] == product), 99)


def _history(row: Row, tables: Tables) -> Found:
    rank = row["dose_rank"] or 0
    if rank > _series(tables, row["product"]):
        yield "dose_rank", rank, "series", "超过该疫苗的剂次数。", "More than the product's series has."
    same = [r for r in tables["history"].values() if (r["group"], r["product"]) == (row["group"], row["product"])]
    last = row["_row"] == max((r["_row"] for r in same if r["dose_rank"] == rank), default=0)
    given, before = (sum(r["doses"] or 0 for r in same if r["dose_rank"] == n) for n in (rank, rank - 1))
    if rank > 1 and last and given > before:
        zh = f"第{rank}剂累计{given}剂，多于第{rank - 1}剂的{before}剂。"
        en = f"{given} doses of rank {rank} in all, but only {before} of rank {rank - 1}."
        yield "doses", row["doses"], "series", zh, en


def _products(row: Row) -> Found:
    for rank in range(2, (row["doses"] or 1) + 1):
        column = f"min_days_{min(rank, 3)}"
        if rank > 3 or row[column] is None:
            yield column, "", "series", f"缺少第{rank}剂的间隔。", f"The interval of dose {rank} is missing."
        elif (latest := row[f"latest_days_{rank}"]) is not None and latest < row[column]:
            zh, en = "最迟间隔小于最短间隔。", "The latest day comes before the least interval."
            yield f"latest_days_{rank}", latest, "order", zh, en


def _transport(row: Row, tables: Tables, store: str) -> Found:
    units = {r["unit"] for r in tables["units"].values()}
    if row["from"] == store:
        if row["to"] is not None and row["to"] != "ALL" and row["to"] not in units:
            yield "to", row["to"], "units or ALL", "units.csv 中没有此代码。", "Not a code of units.csv, nor ALL."
    elif row["from"] is not None and row["from"] not in units:
        zh, en = f"不是 {store}，也不是 units.csv 中的代码。", f"Neither {store} nor a code of units.csv."
        yield "from", row["from"], "units or store", zh, en
    elif row["from"] is not None:
        sites = {f"{r['unit']}:{r['kind']}" for r in tables["capacity"].values() if r["unit"] == row["from"]}
        if row["to"] not in sites:
            zh, en = "capacity.csv 中该单元没有此类接种点。", "Not a kind of site of that unit in capacity.csv."
            yield "to", row["to"], "sites", zh, en


def _mixing(row: Row, tables: Tables) -> Found:
    rank = row["dose_rank"] or 2
    if rank < 2 or rank > _series(tables, row["first"]):
        zh, en = "该疫苗没有此后续剂次。", "Not a later dose of the product's series."
        yield "dose_rank", rank, "series", zh, en
    if rank > _series(tables, row["later"]):
        zh, en = "替代疫苗没有此剂次。", "The product given in its place has no such dose."
        yield "later", row["later"], "series", zh, en
    if row["first"] is not None and row["first"] == row["later"]:
        yield "later", row["later"], "another", "应为另一种疫苗。", "Must be another product."
