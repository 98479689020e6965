"""Items of verbs as every door reads them: from JSON, a form or a table; what each field is called; each mistake with its place."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from seawall import terms
from seawall.platform.verbs import Verb
from seawall.terms.acts import Item, Refusal
from seawall.terms.lengths import LONGEST, too_long

FIELDS = Path(terms.__file__).with_name("fields.csv")
BIGGEST = 2**63 - 1  # what a column of ids or counts holds
KINDS = (
    ("missing", "FIELD_MISSING"),
    ("unexpected_keyword_argument", "FIELD_UNKNOWN"),
    ("extra_forbidden", "FIELD_UNKNOWN"),
    ("uuid", "FIELD_NOT_ID"),
    ("datetime", "FIELD_NOT_MOMENT"),
    ("timezone", "FIELD_WITHOUT_ZONE"),
    ("date", "FIELD_NOT_DATE"),
    ("time", "FIELD_NOT_TIME"),
    ("int", "FIELD_NOT_NUMBER"),
    ("float", "FIELD_NOT_NUMBER"),
    ("bool", "FIELD_NOT_YES_OR_NO"),
    ("enum", "FIELD_NOT_ONE_OF"),
    ("string", "FIELD_NOT_TEXT"),
)
"""What the reader found, by the beginning of its name, and the reason that says it; anything else is FIELD_WRONG."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an item: its words in both languages, its unit, what a form offers to pick from, and whether it must be given."""

    name: str
    zh: str
    en: str
    unit: str
    picks: str
    meaning_zh: str
    meaning_en: str
    kind: Any
    required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class Mistake:
    """What cannot be read: which item of the batch (from 0), which field, and why."""

    row: int
    field: str
    why: Refusal


@cache
def words() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Rows of terms/fields.csv by item and field; an empty item holds for every item."""
    with FIELDS.open(encoding="utf-8", newline="") as file:
        return {(row["item"], row["field"]): row for row in csv.DictReader(file)}


@cache
def item_fields(kind: Any) -> tuple[Field, ...]:
    """Fields of an item in the order in which they are declared; KeyError where one has no row of words."""
    hints = get_type_hints(kind)
    return tuple(_field(kind, f.name, hints[f.name], f.default, f.default_factory) for f in fields(kind))


def _field(kind: Any, name: str, hint: Any, default: Any, factory: Any) -> Field:
    row = words().get((kind.__name__, name)) or words()["", name]
    given = default if default is not MISSING else factory() if factory is not MISSING else None
    texts = {key: row[key] for key in ("zh", "en", "unit", "picks", "meaning_zh", "meaning_en")}
    return Field(name=name, kind=hint, required=default is MISSING and factory is MISSING, default=given, **texts)


@cache
def reader(kind: Any) -> TypeAdapter[Any]:
    """Makes items from what a client sent."""
    return TypeAdapter(kind)


def read(verb: "Verb[Any, Any]", rows: Sequence[object]) -> tuple[list[Item], list[Mistake]]:
    """The items of a batch, and every mistake in it at once. An item with a mistake is left out."""
    kind: Any = verb.item
    adapter, items, mistakes = reader(kind), list[Item](), list[Mistake]()
    for number, row in enumerate(rows):
        try:
            item = adapter.validate_python(row)
        except ValidationError as error:
            mistakes += [_mistake(number, detail) for detail in error.errors(include_url=False, include_input=False)]
            continue
        except RecursionError:
            mistakes.append(Mistake(number, "", Refusal("FIELD_WRONG", {"field": ""})))
            continue
        found = [Mistake(number, name, why) for name, why in _unfit(item)]
        mistakes += found
        if not found:
            items.append(item)
    return items, mistakes


def _mistake(number: int, detail: ErrorDetails) -> Mistake:
    place = ".".join(map(str, detail["loc"]))
    code = next((code for begins, code in KINDS if detail["type"].startswith(begins)), "FIELD_WRONG")
    options = str(detail.get("ctx", {}).get("expected", ""))
    return Mistake(number, place, Refusal(code, {"field": place} | ({"options": options} if options else {})))


def _unfit(item: Item) -> Iterator[tuple[str, Refusal]]:
    """What has the right type and still cannot be kept: a moment without zone, what no column holds, a NUL in a text."""
    long = {found.place: found.longest for found in too_long(item)}
    yield from ((place, _too_long(place, most)) for place, most in long.items())
    for f in fields(item):
        if f.name in long:
            continue
        for value in _leaves(getattr(item, f.name)):
            if (why := _unkept(f.name, value)) is not None:
                yield f.name, why


def _too_long(field: str, most: int) -> Refusal:
    return Refusal("FIELD_TOO_LONG", {"field": field, "most": most})


def _unkept(field: str, value: object) -> Refusal | None:
    code = ""
    if isinstance(value, datetime):
        code = "FIELD_WITHOUT_ZONE" if value.utcoffset() is None else ""
    elif isinstance(value, int):
        code = "FIELD_TOO_LARGE" if abs(value) > BIGGEST else ""
    elif isinstance(value, float):
        code = "" if math.isfinite(value) else "FIELD_NOT_NUMBER"
    elif isinstance(value, str) and "\0" in value:
        code = "FIELD_NOT_TEXT"
    elif isinstance(value, str) and len(value) > getattr(value, "longest", LONGEST):
        return _too_long(field, getattr(value, "longest", LONGEST))
    return Refusal(code, {"field": field}) if code else None


def _leaves(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, tuple | list | frozenset | set) else (value,)
