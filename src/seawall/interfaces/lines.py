"""Lines of a table to rows for the reader, at any door: things may be named as people name them, words of lists too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal

from . import choices, filling, picking, words
from .filling import Way
from .items import Field
from .option import Option


@dataclass(slots=True)
class Filled:
    """What a form says: a row for the reader, and where a name names no single thing."""

    row: dict[str, Any] = field(default_factory=dict)
    wrong: list[tuple[str, Refusal]] = field(default_factory=list)


def label(of: Field) -> str:
    return words.either(of.zh, of.en)


def meaning(of: Field) -> str:
    return words.either(of.meaning_zh, of.meaning_en)


def options_of(of: Field, actor: Actor) -> tuple[Option, ...]:
    """All that a field may hold, where that is a short list."""
    kind = filling.core(of.kind)
    name = kind.__name__ if filling.way(of.kind) is Way.CHOICE else of.picks
    if name in choices.lists():
        listed = choices.lists()[name]
        known = {str(m.value) for m in kind} if filling.way(of.kind) is Way.CHOICE else set(listed)
        return tuple(Option(value, words.pick(said)) for value, said in listed.items() if value in known)
    return picking.listed(name, actor)


def searched(of: Field) -> bool:
    """Whether the field names something of a list too long to show."""
    return of.picks in picking.KINDS and not picking.KINDS[of.picks].listed


def named(kind: Any, actor: Actor, texts: Mapping[str, str]) -> Filled:
    """A line of a pasted table: things may be named as in the form."""
    filled = Filled()
    known = {of.name: of for of in filling.asked(kind)}
    plain = dict(texts)
    for name, of in known.items():
        if name in texts and searched(of) and filling.way(of.kind) is not Way.SEVERAL:
            found = picking.chosen(of.picks, actor, texts[name])
            if isinstance(found, Refusal):
                filled.wrong.append((name, found))
            else:
                plain[name] = found.value
        elif name in texts and filling.way(of.kind) not in (Way.ROWS, Way.PART, Way.PAIRS):
            plain[name] = _value_of(of, actor, texts[name])
    filled.row = filling.filled(tuple(known.values()), plain)
    return filled


def _value_of(of: Field, actor: Actor, text: str) -> str:
    """A word of a short list by what it is called."""
    low = text.strip().lower()
    return next((o.value for o in options_of(of, actor) if o.name.lower() == low), text)
