"""A page's own form becomes one act: fields as they were typed, read by the reader of every door, dated on arrival."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from seawall.interfaces import items, reading
from seawall.interfaces.console.door import ActorRequest
from seawall.platform import clock
from seawall.platform.verbs import Verb
from seawall.terms.acts import Outcome, Refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a form: the act's outcome, and which of the page's forms it was."""

    form: str
    outcome: Outcome

    @property
    def refusal(self) -> Refusal | None:
        return self.outcome.refusal


def ask(request: ActorRequest, verb: "Verb[Any, Any]", **known: Any) -> Asked:
    """`known` is what the page itself says; a field left empty is not given. A mistake of the reader is a refusal too."""
    act = reading.act(request.POST.get("act", ""))
    typed = {name: text for name, text in _typed(request.POST, verb).items() if text != ""}
    row = {"act": act, "occurred_at": clock.now(), "dated_here": True, **typed, **known}
    found, mistakes = items.read(verb, [row])
    form = request.POST.get("do", "")
    if mistakes:
        return Asked(form, Outcome(act, mistakes[0].why))
    return Asked(form, verb.one(request.actor, found[0]))


def _typed(data: Mapping[str, str], verb: "Verb[Any, Any]") -> dict[str, str]:
    names = {f.name for f in fields(verb.item)} - {"act", "occurred_at", "dated_here"}
    return {name: data[name].strip() for name in names if name in data}
