"""Controls of the plain form: each field of an item as something to fill in, what was filled in, and how a value is said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from seawall.interfaces import filling, picking
from seawall.interfaces.filling import Way
from seawall.interfaces.items import Field
from seawall.interfaces.lines import Filled, label, meaning, options_of, searched
from seawall.interfaces.option import Option
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal

SAID, FOR = ".said", ".for"
"""Beside a picked value: the text that was typed, and the text that the options on the page answered to."""
SPARE_ROWS = 2  # empty rows offered below what is filled in
Why = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Control:
    """One field on the page: its words, how it is filled in, what it holds, what may be chosen, and what is wrong with it."""

    name: str
    label: str
    unit: str
    meaning: str
    required: bool
    way: Way
    pick: str = ""
    value: str = ""
    values: frozenset[str] = frozenset()
    options: tuple[Option, ...] = ()
    said: str = ""
    heads: tuple[Field, ...] = ()
    rows: tuple[tuple["Control", ...], ...] = ()
    why: tuple[Why, ...] = ()


# What was filled in


def read(known: Sequence[Field], actor: Actor, data: QueryDict, before: str = "") -> Filled:
    """The row that a sent form says; `before` is the name of the field that these stand in."""
    filled = Filled()
    texts: dict[str, str] = {}
    for of in known:
        name, how = f"{before}{of.name}", filling.way(of.kind)
        if how is Way.ROWS:
            rows = [read(filling.part_fields(of.kind), actor, data, f"{name}.{n}.") for n in _numbers(data, name)]
            filled.row[of.name] = [inner.row for inner in rows if _says(inner.row, of)]
            filled.wrong += [wrong for inner in rows for wrong in inner.wrong]
        elif how is Way.PART:
            inner = read(filling.part_fields(of.kind), actor, data, f"{name}.")
            if _says(inner.row, of):
                filled.row[of.name] = inner.row
                filled.wrong += inner.wrong
        elif how is Way.SEVERAL and options_of(of, actor):
            filled.row[of.name] = data.getlist(name)
        elif searched(of) and how is not Way.SEVERAL:
            texts[of.name] = _picked(of, name, actor, data, filled)
        else:
            texts[of.name] = data.get(name, "")
    filled.row |= filling.filled([of for of in known if of.name in texts], texts)
    return filled


def _numbers(data: QueryDict, name: str) -> list[int]:
    found = {key[len(name) + 1 :].partition(".")[0] for key in data if key.startswith(f"{name}.")}
    return sorted(int(n) for n in found if n.isdecimal() and len(n) < 4)


def _says(row: Mapping[str, Any], of: Field) -> bool:
    """A part counts as given once a field without default is filled in."""
    return any(row.get(f.name) not in (None, "", []) for f in filling.part_fields(of.kind) if f.required)


def _picked(of: Field, name: str, actor: Actor, data: QueryDict, filled: Filled) -> str:
    """The option chosen for the text that still stands there, else the one thing that the text names."""
    chosen, said = data.get(name, ""), data.get(f"{name}{SAID}", "").strip()
    if chosen and said == data.get(f"{name}{FOR}", said):
        return chosen
    if not said:
        return ""
    found = picking.chosen(of.picks, actor, said)
    if isinstance(found, Refusal):
        filled.wrong.append((name, found))
        return ""
    return found.value


# What the page shows


def controls(
    known: Sequence[Field],
    actor: Actor,
    data: QueryDict | None,
    wrong: Mapping[str, Sequence[Refusal]],
    before: str = "",
) -> list[Control]:
    """Every field as it stands on the page: as sent, or with its default."""
    return [_control(of, actor, data, wrong, f"{before}{of.name}") for of in known]


def _control(
    of: Field, actor: Actor, data: QueryDict | None, wrong: Mapping[str, Sequence[Refusal]], name: str
) -> Control:
    how, sent = filling.way(of.kind), data is not None and _sent(data, name)
    control = Control(
        name=name,
        label=label(of),
        unit="" if of.unit == "moment" else of.unit,
        meaning=meaning(of),
        required=of.required and not filling.nullable(of.kind) and how is not Way.SEVERAL,
        way=how,
        why=tuple({"code": r.code, "params": r.params} for r in wrong.get(name, ())),
    )
    if how in (Way.ROWS, Way.PART):
        inner = filling.part_fields(of.kind)
        numbers = [""] if how is Way.PART else [f"{n}." for n in range(_filled_rows(of, data, name) + SPARE_ROWS)]
        rows = tuple(tuple(controls(inner, actor, data, wrong, f"{name}.{n}")) for n in numbers)
        return replace(control, heads=inner, rows=rows)
    options = options_of(of, actor)
    if how is Way.SEVERAL and options:
        values = data.getlist(name) if sent and data else [str(v) for v in of.default or ()]
        return replace(control, options=options, values=frozenset(values))
    value = data.get(name, "") if sent and data else _start(of, actor, options)
    if searched(of) and how is not Way.SEVERAL:
        said = data.get(f"{name}{SAID}", "") if data else ""
        found = tuple(picking.answers(of.picks, actor, said or value)) if said or value else ()
        return replace(
            control, pick=of.picks, options=found, value=value, said=said or "".join(o.name for o in found[:1])
        )
    return replace(control, options=options, value=value)


def _sent(data: QueryDict, name: str) -> bool:
    return name in data or "act" in data


def _filled_rows(of: Field, data: QueryDict | None, name: str) -> int:
    """How many rows say something."""
    if data is None:
        return 0
    inner = [f for f in filling.part_fields(of.kind) if f.required]
    texts = {n: [data.get(f"{name}.{n}.{f.name}", "") for f in inner] for n in _numbers(data, name)}
    return max((n + 1 for n, said in texts.items() if any(said)), default=0)


def _start(of: Field, actor: Actor, options: Sequence[Option]) -> str:
    """The default; or the only site, place or option that it can be."""
    if of.required and of.picks in ("site", "place") and len(actor.reach.sites) == 1:
        return str(min(actor.reach.sites))
    if of.required and len(options) == 1:
        return options[0].value
    return text_of(of.default)


def text_of(value: Any) -> str:
    """A value as a control holds it."""
    if value is None or value == () or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else str(value)


# How a value is said before it is confirmed


def said(of: Field, value: Any, actor: Actor) -> str:
    """A value in words: things by name, words of lists, days as the reader writes them."""
    how = filling.way(of.kind)
    if value in (None, "", []):
        return "–"
    if how is Way.SECRET:
        return "••••••"
    if how is Way.ROWS:
        return "; ".join(_parts(of, row, actor) for row in value)
    if how is Way.PART:
        return _parts(of, value, actor)
    if how is Way.SEVERAL:
        called = {o.value: o.name for o in options_of(of, actor)}
        return str(_(", ")).join(called.get(str(v), str(v)) for v in value)
    if how is Way.PAIRS:
        return str(_(", ")).join(f"{k} = {v}" for k, v in value.items()) if isinstance(value, Mapping) else str(value)
    if how is Way.YES_NO:
        return _("yes") if value in (True, "true") else _("no")
    if how is Way.MOMENT:
        return str(value)[:16].replace("T", " ")
    return _called(of, str(value), actor)


def _called(of: Field, value: str, actor: Actor) -> str:
    offered = picking.answers(of.picks, actor, value)[:1] if searched(of) else options_of(of, actor)
    found: Iterable[Option] = (o for o in offered if o.value == value)
    return next((f"{o.name} ({o.note})" if o.note and o.note != o.name else o.name for o in found), value)


def _parts(of: Field, row: Mapping[str, Any], actor: Actor) -> str:
    known = filling.part_fields(of.kind)
    return " ".join(said(f, row[f.name], actor) for f in known if row.get(f.name) not in (None, "", []))
