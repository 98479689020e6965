"""How a designed form becomes an act: the fields of the verb's item by their own names, read by the one reader of all doors."""

from collections.abc import Mapping, Sequence
from typing import Any, get_origin

from django.http import QueryDict

from seawall.interfaces import filling, items, words
from seawall.interfaces.console.door import ActorRequest
from seawall.interfaces.console.page import flash
from seawall.platform import clock
from seawall.platform.verbs import Verb
from seawall.terms.acts import Outcome

SETS = (frozenset, tuple, set)


def filled(verb: "Verb[Any, Any]", data: QueryDict, **known: object) -> dict[str, object]:
    """What a form holds of an item, dated here; a field left empty is not given where the item can do without."""
    row: dict[str, object] = {"occurred_at": clock.now(), "dated_here": True}
    for field in _fields(verb):
        if field.name in row or field.name not in data:
            continue
        value: Any = data.getlist(field.name) if get_origin(field.kind) in SETS else str(data[field.name]).strip()
        if value or field.required:
            row[field.name] = filling.value(field.kind, value) if isinstance(value, str) else value
    return row | known


def do(
    request: ActorRequest,
    verb: "Verb[Any, Any]",
    rows: Sequence[Mapping[str, object]],
    done: str,
    *,
    whole: bool = False,
) -> bool:
    """Does these rows of a verb, and says on the next page what came of them: the first mistake or refusal, or the code for done.

    `whole`: all of them or none. Numbers of several answers are told together.
    """
    made, mistakes = items.read(verb, rows)
    if mistakes:
        why = mistakes[0].why
        flash(request, "refusal", why.code, **{**why.params, "field": _label(verb, mistakes[0].field)})
        return False
    outcomes: list[Outcome] = (verb.whole if whole else verb)(request.actor, made)
    refused = next((row.refusal for row in outcomes if row.refusal), None)
    if refused:
        flash(request, "refusal", refused.code, **refused.params)
        return False
    flash(request, "done", done, **({"count": len(outcomes)} | _together(outcomes)))
    return True


def _together(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What the first answered, and of the numbers in it the sums."""
    answers: list[dict[str, Any]] = [dict(outcome.answer) for outcome in outcomes]
    return {
        name: sum(answer.get(name, 0) for answer in answers) if type(said) is int else said
        for name, said in answers[0].items()
    }


def _label(verb: "Verb[Any, Any]", name: str) -> str:
    """What the form calls a field."""
    field = next((f for f in _fields(verb) if f.name == name.partition(".")[0]), None)
    return words.pick({"zh": field.zh, "en": field.en}) if field else name


def typed(data: Mapping[str, object], *verbs: "Verb[Any, Any]") -> dict[str, object]:
    """What was typed into the forms of these verbs, empty where nothing was: a form shown again holds it."""
    return {f.name: "" for verb in verbs for f in _fields(verb)} | {name: data[name] for name in data}


def labels(*verbs: "Verb[Any, Any]") -> dict[str, dict[str, str]]:
    """Words of the fields that the forms of these verbs have, by name."""
    return {f.name: {"zh": f.zh, "en": f.en} for verb in verbs for f in _fields(verb)}


def _fields(verb: "Verb[Any, Any]") -> tuple[items.Field, ...]:
    kind: Any = verb.item
    return items.item_fields(kind)
