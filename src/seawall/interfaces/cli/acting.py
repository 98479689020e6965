"""`seawall act`: a file of one verb's items, read as at every door, shown, done; each line not done comes back with its reason."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import polars as pl
import typer

from seawall.interfaces import filling
from seawall.interfaces.items import read
from seawall.interfaces.lines import label, named
from seawall.interfaces.naming import NAMES
from seawall.platform import access, clock
from seawall.platform.files import books
from seawall.platform.verbs import Verb, all_verbs
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Refusal

AT_ONCE = 1_000  # items of one transaction
FEW = 10


@dataclass(slots=True)
class Told:
    """One line of the file: its number, its cells as they stood, and why it is not done."""

    number: int
    cells: Mapping[str, str]
    whys: list[Refusal] = field(default_factory=list)


def verb_of(name: str) -> "Verb[Any, Any]":
    verb = all_verbs().get(name)
    if verb is None or verb.inside:
        raise typer.BadParameter(f"there is no verb {name} (docs/verbs.md)", param_hint="VERB")
    return verb


def act(who: Actor, verb: "Verb[Any, Any]", file: Path, rejects: Path, *, commit: bool) -> int:
    """How many lines were not done; the rest is done when `commit`. The same file again does nothing twice."""
    access.require(who, *verb.grants)
    content = file.read_bytes()
    head, rows = _table(file.name, content)
    lines = [Told(number, dict(zip(head, cells, strict=False))) for number, cells in rows]
    items = _items(who, verb, lines, UUID(bytes=blake2b(content, digest_size=16).digest()))
    _show(file.name, verb, lines, who)
    if commit:
        for start in range(0, len(items), AT_ONCE):
            part = items[start : start + AT_ONCE]
            for (line, _item), outcome in zip(part, verb(who, [item for _, item in part]), strict=True):
                line.whys += [outcome.refusal] if outcome.refusal else []
    refused = [line for line in lines if line.whys]
    _write(rejects, head, refused, who)
    done = f"{len(lines) - len(refused):,} {'done' if commit else 'to do'}"
    typer.echo(f"{verb.name}: {done}, {len(refused):,} refused -> {rejects}")
    return len(refused)


def _items(who: Actor, verb: "Verb[Any, Any]", lines: Sequence[Told], of_file: UUID) -> list[tuple[Told, Item]]:
    """Every line that can be read, with its item; what is wrong with the others stands in them."""
    kind: Any = verb.item
    now, found = clock.now().isoformat(), list[tuple[Told, Item]]()
    texts = filling.table(kind, list(lines[0].cells) if lines else [], [list(line.cells.values()) for line in lines])
    called = {f.name: label(f) for f in filling.asked(kind)}
    for line, text in zip(lines, texts, strict=True):
        filled = named(kind, who, text)
        dated = {} if filled.row.get("occurred_at") else {"occurred_at": now, "dated_here": True}
        act = filled.row.get("act") or str(uuid5(of_file, f"{verb.name}/{who.post_id}/{line.number}"))
        items, mistakes = read(verb, [{**filled.row, **dated, "act": act}])
        wrong = dict(filled.wrong)
        line.whys += wrong.values()
        line.whys += [
            Refusal(m.why.code, {**m.why.params, "field": called.get(m.field, m.field)})
            for m in mistakes
            if m.field not in wrong
        ]
        found += [(line, item) for item in items if not line.whys]
    return found


def _table(name: str, content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The first line names the columns; the sheet in front of a workbook is read."""
    if name.lower().endswith(".parquet"):
        frame = pl.read_parquet(io.BytesIO(content))
        return frame.columns, [(n, [_text(cell) for cell in row]) for n, row in enumerate(frame.iter_rows(), 2)]
    sheets = [sheet for sheet in books.read(name, content, chinese=reference.city().chinese).sheets if sheet.lines]
    sheet = next((s for s in sheets if s.open), sheets[0])
    (_, head), *rows = sheet.lines
    return [_text(cell) for cell in head], [(number, [_text(cell) for cell in cells]) for number, cells in rows]


def _text(cell: Any) -> str:
    """A cell as one writes it: whole numbers without a point, days without their midnight, rows as JSON."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() and cell.tzinfo is None else cell.isoformat()
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _say(why: Refusal, who: Actor) -> str:
    return reference.say(why.code, dict(why.params), who.language, NAMES)


def _show(name: str, verb: "Verb[Any, Any]", lines: Sequence[Told], who: Actor) -> None:
    """What is about to happen: how many lines are taken, and the first few that are not."""
    wrong = [line for line in lines if line.whys]
    typer.echo(f"{name}: {len(lines) - len(wrong):,} lines for {verb.name}, {len(wrong):,} that cannot be read")
    for line in wrong[:FEW]:
        typer.echo(f"  line {line.number}: {' '.join(_say(why, who) for why in line.whys)}")
    if len(wrong) > FEW:
        typer.echo(f"  and {len(wrong) - FEW:,} more")


def _write(file: Path, head: Sequence[str], lines: Sequence[Told], who: Actor) -> None:
    """The lines as they stood, with number, codes and sentences; a mark before, so that spreadsheets read Chinese."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*head, "line", "codes", "reasons"])
        writer.writerows(_rejected(head, lines, who))


def _rejected(head: Sequence[str], lines: Sequence[Told], who: Actor) -> Iterator[list[str]]:
    for line in lines:
        said = " ".join(_say(why, who) for why in line.whys)
        yield [
            *(line.cells.get(column, "") for column in head),
            str(line.number),
            " ".join(w.code for w in line.whys),
            said,
        ]
