"""Acts that a tablet brings back: each signed by who did it, read as every door reads items, then handed to the clinic in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from seawall.clinic import services as clinic
from seawall.clinic.selectors import SignerKey
from seawall.clinic.services import TabletAct, Told
from seawall.interfaces.items import read

from . import bundle, seals

MOST = 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """The acts that could be read, and the places of those that could not: they stay on the tablet."""

    acts: tuple[TabletAct, ...]
    unread: tuple[int, ...]


def delivery(texts: Sequence[object], signers: Mapping[str, SignerKey]) -> Delivery:
    """Acts as JWS, in the order in which they were made."""
    acts: list[TabletAct] = []
    unread: list[int] = []
    for place, text in enumerate(texts):
        act = _act(str(text), signers)
        if act is None:
            unread.append(place)
        else:
            acts.append(act)
    return Delivery(tuple(acts), tuple(unread))


def _act(text: str, signers: Mapping[str, SignerKey]) -> TabletAct | None:
    try:
        signer, said = seals.opened(text, signers)
    except seals.NotSigned:
        return None
    name, number = said.get("verb"), said.get("n")
    if name not in clinic.STEPS or not isinstance(number, int):
        return None
    items, mistakes = read(clinic.STEPS[name][0], [said.get("item")])
    if mistakes:
        return None
    try:
        person = UUID(str(said["person"])) if said.get("person") else None
    except ValueError:
        return None
    return TabletAct(number, str(name), items[0], signer.post_id, signer.account_id, person)


def answers(told: Sequence[Told]) -> list[dict[str, Any]]:
    """What is told of each act, in every language of the city."""
    return [_answer(row) for row in told]


def _answer(row: Told) -> dict[str, Any]:
    if row.conflict is None:
        return {"n": row.n, "act": str(row.act), "done": True, "answer": dict(row.answer)}
    why = {"code": row.conflict.code, "params": dict(row.conflict.params)}
    return {"n": row.n, "act": str(row.act), "done": False, "conflict": {**why, "sentence": bundle.told(why)}}
