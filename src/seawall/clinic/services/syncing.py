"""What tablets bring: the very verbs, in the order of the encounters. What happened is recorded so, the rest waits to be settled."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from seawall.clinic import asks, selectors, tables
from seawall.people import services as people
from seawall.platform import access, clock
from seawall.platform.verbs import Verb
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.people import PersonRegister
from seawall.terms.visits import Arrival

from . import conflicts
from .arrival import visit_arrive
from .conflicts import TabletAct
from .dose import dose_give
from .happened import dose_enter
from .leaving import visit_leave
from .observation import observation_end
from .reversing import dose_reverse
from .screening import screening_record

Run = Callable[[Actor, Sequence[Any]], list[Outcome]]
STEPS: dict[str, "tuple[Verb[Any, Any], Run]"] = {
    "persons_register": (people.persons_register, people.persons_register),
    "visit_arrive": (visit_arrive, partial(visit_arrive, happened=True)),
    "screening_record": (screening_record, screening_record),
    "dose_give": (dose_give, dose_give),
    "dose_reverse": (dose_reverse, dose_reverse),
    "visit_leave": (visit_leave, visit_leave),
    "observation_end": (observation_end, observation_end),
}
"""The verbs of an encounter in the order of its steps, and how each is run here."""
ORDER = {name: n for n, name in enumerate(STEPS)}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told to the tablet of one act: done with an answer, or kept as a conflict for somebody to settle."""

    n: int
    act: UUID
    answer: Params
    conflict: Refusal | None = None


def acts_take(site_id: int, tablet: UUID, acts: Sequence[TabletAct]) -> list[Told]:
    """Take acts in the order in which the tablet made them. Each is done once however often it comes; none is lost.

    Encounters of many people go together, one batch for each verb and signer; a second encounter of a person, or a step done
    again, goes after the first.
    """
    delivery = _Delivery(site_id, tablet)
    for turn in _turns(acts):
        for name in STEPS:
            delivery.run(name, [act for act in turn if act.verb == name])
    return [delivery.told[act.n] for act in acts]


def _turns(acts: Sequence[TabletAct]) -> list[list[TabletAct]]:
    """Acts parted so that within a part every person goes once through the steps, in their order."""
    turns: list[list[TabletAct]] = []
    last: dict[object, tuple[int, int]] = {}
    whose: dict[UUID | None, object] = {}
    for act in acts:
        visit = conflicts.visit_of(act.item)
        if isinstance(act.item, Arrival):
            whose[visit] = act.person or act.item.person_id
        key = act.item.act if isinstance(act.item, PersonRegister) else whose.get(visit, visit)
        turn, before = last.get(key, (0, -1))
        turn += ORDER[act.verb] <= before
        last[key] = turn, ORDER[act.verb]
        turns += [[] for _ in range(turn + 1 - len(turns))]
        turns[turn].append(act)
    return turns


class _Delivery:
    """Acts that a tablet brings at once, and what came of them so far."""

    def __init__(self, site_id: int, tablet: UUID) -> None:
        self.site_id, self.tablet = site_id, tablet
        self.told: dict[int, Told] = {}
        self.persons: dict[UUID, int] = {}
        self.revoked = selectors.tablet_revoked(site_id, tablet)

    def run(self, name: str, acts: Sequence[TabletAct]) -> None:
        """One verb, for everybody who did it: what was kept before is told again, what cannot be taken is kept."""
        if not acts:
            return
        acts = [self._named(act) for act in acts]
        kept = conflicts.kept(self.site_id, [(act.item.act, name) for act in acts])
        self.told |= {act.n: Told(act.n, act.item.act, {}, kept[act.item.act]) for act in acts if act.item.act in kept}
        fresh = [act for act in acts if act.item.act not in kept]
        barred = self._barred(name, fresh)
        may = [act for act in fresh if act.n not in barred]
        for signer, own in _by_signer(may).items():
            for act, outcome in zip(own, self._outcomes(name, signer, [act.item for act in own]), strict=True):
                self._take(act, outcome, barred)
        conflicts.keep(self.site_id, self.tablet, [(act, barred[act.n]) for act in fresh if act.n in barred])
        self.told |= {act.n: Told(act.n, act.item.act, {}, barred[act.n]) for act in fresh if act.n in barred}

    def _outcomes(self, name: str, signer: "Signer", items: Sequence[Any]) -> list[Outcome]:
        actor = signer.actor(self.site_id, self.tablet, name)
        if name == visit_arrive.name:  # whoever was let in was looked at, on the tablet, by this post
            access.record_look(actor, [item.person_id for item in items if item.person_id], "arrival", ["name"])
        outcomes = STEPS[name][1](actor, items)
        return self._happened(signer, items, outcomes) if name == dose_give.name else outcomes

    def _happened(self, signer: "Signer", items: Sequence[Any], outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Doses that a rule stops here were given all the same: they are recorded as they happened, with their incidents."""
        stopped = [item for item, outcome in zip(items, outcomes, strict=True) if outcome.refusal]
        late = conflicts.late_doses(self.site_id, stopped)
        entered = dose_enter(signer.actor(self.site_id, self.tablet, dose_enter.name), [d for d in late.values() if d])
        by_act = {o.act: o for o in entered}
        instead = {act: replace(by_act[dose.act], act=act) for act, dose in late.items() if dose}
        instead |= {act: Outcome(act, replayed=True) for act, dose in late.items() if dose is None}
        conflicts.cover(self.site_id, [i.visit for i in stopped if i.act in instead and instead[i.act].done])
        return [instead.get(outcome.act, outcome) for outcome in outcomes]

    def _named(self, act: TabletAct) -> TabletAct:
        """With the id of the person whom the tablet registered by an earlier act."""
        known = self.persons.get(act.person) if act.person else None
        return (
            replace(act, item=replace(act.item, person_id=known)) if known and hasattr(act.item, "person_id") else act
        )

    def _barred(self, name: str, acts: Sequence[TabletAct]) -> dict[int, Refusal]:
        """Those whose moment has not come, or whose signer may not do this here on that day; a dose happened whoever gave it."""
        latest = clock.now() + timedelta(minutes=tables.limit("CLOCK_AHEAD", clock.today()))
        duties = {act.n: (act.post_id, self.site_id, clock.civil_day(act.item.occurred_at)) for act in acts}
        on_duty = asks.on_duty(duties.values(), name)
        barred: dict[int, Refusal] = {}
        for act in acts:
            if self.revoked and act.item.occurred_at > self.revoked:
                barred[act.n] = Refusal("TABLET_REVOKED", {"tablet": str(self.tablet)})
            elif act.item.occurred_at > latest:
                barred[act.n] = Refusal("TABLET_CLOCK_AHEAD", {"at": act.item.occurred_at.isoformat()})
            elif duties[act.n] not in on_duty and name != dose_give.name:
                barred[act.n] = Refusal("SIGNER_NOT_ON_DUTY", {"post": act.post_id})
        return barred

    def _take(self, act: TabletAct, outcome: Outcome, barred: dict[int, Refusal]) -> None:
        answer = outcome.answer
        if (
            outcome.refusal and outcome.refusal.code == "DOCUMENT_KNOWN"
        ):  # whom the tablet did not know is on record here
            answer = outcome.refusal.params
        elif outcome.refusal:
            barred[act.n] = outcome.refusal
            return
        if act.verb == people.persons_register.name:
            self.persons[act.item.act] = int(answer["person_id"] or 0)
        self.told[act.n] = Told(act.n, act.item.act, answer)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed an act."""

    account_id: int
    post_id: int

    def actor(self, site_id: int, tablet: UUID, verb: str) -> Actor:
        """With the right to this one verb at this site: whether the post held it on the day is asked of each act."""
        grants = frozenset({verb, *(STEPS[verb][0].grants if verb in STEPS else ())})
        return Actor(self.account_id, self.post_id, "", grants, Reach(sites=frozenset({site_id})), device=str(tablet))


def _by_signer(acts: Iterable[TabletAct]) -> dict[Signer, list[TabletAct]]:
    found: dict[Signer, list[TabletAct]] = {}
    for act in acts:
        found.setdefault(Signer(act.account_id, act.post_id), []).append(act)
    return found


def again(site_id: int, tablet: UUID, act: TabletAct, anew: UUID) -> Outcome:
    """An act that was kept, done once more: under its own id where no verb has seen it, else under the one given."""
    delivery, signer = _Delivery(site_id, tablet), Signer(act.account_id, act.post_id)
    if barred := delivery._barred(act.verb, [act]):
        return Outcome(act.item.act, barred[act.n])
    (outcome,) = delivery._outcomes(act.verb, signer, [act.item])
    if outcome.refusal and outcome.replayed:
        (outcome,) = delivery._outcomes(act.verb, signer, [replace(act.item, act=anew)])
    return outcome
