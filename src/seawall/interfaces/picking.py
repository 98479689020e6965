"""What a field that names something may be filled with: found by name, pinyin, initials, code or id, inside the actor's reach.

One table from the `picks` of terms/fields.csv to the room that knows the thing. Looks at persons are on record.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.certificates import selectors as certificates
from seawall.clinic import selectors as clinic
from seawall.command import selectors as command
from seawall.outreach import selectors as outreach
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.safety import selectors as safety
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal
from seawall.terms.codes import AppointmentState, KeyState, OrderState

from . import choices, whom, words
from .naming import NAMES
from .option import MOST, Option, called, pairs, spoken, uuid_of

Search = Callable[[Actor, str], Iterable[Option]]
"""The things of a kind that an actor may choose; a search reads the text, a short list does not."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`listed`: few enough to be shown all at once."""

    options: Search
    listed: bool = False
    named: "Callable[[Actor, str], Option | None] | None" = None


def answers(name: str, actor: Actor, text: str) -> list[Option]:
    """What answers to a text: by its very value or code, else by a part of its name."""
    kind, wanted = KINDS[name], "".join(text.lower().split())
    if not wanted:
        return []
    if kind.named:
        one = kind.named(actor, text.strip())
        return [one] if one else list(kind.options(actor, text.strip()))[:MOST]
    offered = list(kind.options(actor, text.strip()))
    exact = [o for o in offered if wanted in {o.value.lower(), *o.keys.split()[:1]}]
    return exact or [o for o in offered if wanted in f"{o.keys} {''.join(o.name.lower().split())}"][:MOST]


def listed(name: str, actor: Actor) -> tuple[Option, ...]:
    """All of a short list; nothing for what is searched."""
    kind = KINDS.get(name)
    return tuple(kind.options(actor, "")) if kind and kind.listed else ()


def chosen(name: str, actor: Actor, text: str) -> Option | Refusal:
    """The one thing that a text names; or why it names none."""
    found = answers(name, actor, text)
    if len(found) == 1:
        return found[0]
    return Refusal("PICK_SEVERAL", {"said": text}) if found else Refusal("PICK_NONE", {"said": text})


# Places on the map


def _areas(actor: Actor, _text: str) -> Iterable[Option]:
    today = clock.today()
    above = {a.area_id: a for a in reference.branches(today)}
    for row in reference.leaves(today):
        if access.sees_leaf(actor, row.area_id):
            parent = above.get(row.parent_id or 0)
            yield called(row, row.area_id, f"{words.pick(_both(parent))} {row.code}" if parent else row.code)


def _both(row: Any) -> dict[str, str]:
    return {"zh": row.name_zh, "en": row.name_en}


def _units(actor: Actor, _text: str) -> Iterable[Option]:
    reach = actor.reach
    seen = (u for u in reference.units(clock.today(), None) if reach.everywhere or u.leaves & reach.leaves)
    return (called(row, row.unit_id) for row in seen)


def _sites(actor: Actor, _text: str) -> Iterable[Option]:
    seen = (s for s in sites.sites(clock.today()) if access.sees_site(actor, s.site_id))
    return (called(row, row.site_id) for row in seen)


def _open_sites(_actor: Actor, _text: str) -> Iterable[Option]:
    """Every site in service: people are booked beyond one's own reach too, and sites are public."""
    return (called(row, row.site_id) for row in sites.sites(clock.today()))


def _places(_actor: Actor, _text: str) -> Iterable[Option]:
    return (called(row, row.place_id) for row in reference.places() if not row.code.startswith("VIRTUAL-"))


def _facilities(_actor: Actor, _text: str) -> Iterable[Option]:
    return (called(row, row.facility_id) for row in reference.facilities())


def _proposals(actor: Actor, _text: str) -> Iterable[Option]:
    return (called(row, row.proposal, f"{row.code} {row.state}") for row in sites.proposals(actor))


# Doses


def _lots(_actor: Actor, _text: str) -> Iterable[Option]:
    made = {p.code: words.pick(_both(p)) for p in reference.goods(clock.today())}
    for row in supply.lots():
        note = f"{made.get(row.product, row.product)} · {words.day(row.expires)}"
        yield Option(row.lot, row.lot, note, f"{row.lot.lower()} {row.product.lower()}")


def _products(_actor: Actor, _text: str) -> Iterable[Option]:
    return (called(row, row.code) for row in reference.products(clock.today()))


def _goods(_actor: Actor, _text: str) -> Iterable[Option]:
    return (called(row, row.code) for row in reference.goods(clock.today()))


def _batches(actor: Actor, _text: str) -> Iterable[Option]:
    mine = [row.organisation_id for row in people.organisations(actor)]
    for row in booking.batches(mine):
        yield Option(
            str(row.batch), f"{row.label} {words.moment(row.starts_at)}", "", f"{row.batch} {row.label.lower()}"
        )


def _shipments(actor: Actor, _text: str) -> Iterable[Option]:
    today = clock.today()
    here = [p for p in reference.places() if access.sees_site(actor, p.place_id)]
    names = {p.place_id: words.pick(_both(p)) for p in here}
    since = today - timedelta(days=60)
    for row in supply.shipments(list(names), since, today + timedelta(days=60)):
        if row.accepted_at is None:
            name = f"{row.lot} → {names.get(row.to_place_id, row.to_place_id)}"
            yield Option(str(row.shipment), name, words.day(row.expected_on), f"{row.shipment} {row.lot.lower()}")


def _signing_keys(_actor: Actor, _text: str) -> Iterable[Option]:
    for row in certificates.signing_keys():
        if row.state != KeyState.RETIRED:
            yield Option(row.kid, row.kid[:12], choices.word("KeyState", row.state), row.kid.lower())


# What has been said and done


def _campaigns(_actor: Actor, _text: str) -> Iterable[Option]:
    return [called(row, row.code) for row in campaigns.loaded()]


def _programmes(_actor: Actor, _text: str) -> Iterable[Option]:
    return [Option(code, code) for code in reference.programmes_in_use()]


def _plans(_actor: Actor, _text: str) -> Iterable[Option]:
    runs = [run for row in campaigns.loaded() for run in campaigns.plans(row.code)]
    return [Option(str(r.run_id), words.moment(r.computed_at), words.day(r.as_of), str(r.run_id)) for r in runs]


def _policies(_actor: Actor, _text: str) -> Iterable[Option]:
    return [called(p, p.code) for row in campaigns.loaded() for p in campaigns.policies(row.code)]


def _orders(actor: Actor, _text: str) -> Iterable[Option]:
    open_ones = (o for o in command.orders(still_open=True) if _reaches(actor, o))
    for row in open_ones:
        said = reference.say(row.code, row.params, words.language(), NAMES)
        yield Option(
            str(row.order), said, f"{words.day(row.for_day)} · {_state(row.state)}", f"{row.order} {spoken(said, '')}"
        )


def _state(state: OrderState) -> str:
    return choices.word("OrderState", state)


def _alerts(actor: Actor, _text: str) -> Iterable[Option]:
    for row in command.alerts():
        if _reaches(actor, row):
            said = reference.say(row.code, row.params, words.language(), NAMES)
            yield Option(str(row.alert), said, words.day(row.since), f"{row.alert} {spoken(said, '')}")


def _reaches(actor: Actor, row: Any) -> bool:
    """An order or alert of one's own sites, one's units, or one's post; whole cities see all."""
    if actor.reach.everywhere:
        return True
    if getattr(row, "post_id", None) == actor.post_id or (row.site_id and access.sees_site(actor, row.site_id)):
        return True
    units = reference.units(clock.today(), None) if row.unit_id else []
    return any(u.unit_id == row.unit_id and u.leaves & actor.reach.leaves for u in units)


def _appointments(actor: Actor, text: str) -> Iterable[Option]:
    """Seats still to come of the person whom the text names."""
    persons = [o for o in answers("person", actor, text) if o.value.isdigit()]
    names = {int(o.value): o.name for o in persons}
    places = {s.site_id: words.pick(_both(s)) for s in sites.sites(clock.today())}
    for row in booking.appointments(list(names)):
        if row.state in (AppointmentState.HELD, AppointmentState.BOOKED):
            note = f"{places.get(row.site_id, row.site_id)} · {names[row.person_id]}"
            yield Option(str(row.appointment), words.moment(row.starts_at), note, str(row.appointment))


def _visits(actor: Actor, text: str) -> Iterable[Option]:
    """Today's tickets of the sites in reach; a text that is a number is a ticket."""
    here = actor.reach.sites if not actor.reach.everywhere else frozenset(s.site_id for s in sites.sites(clock.today()))
    for site_id in sorted(here):
        for row in clinic.visits(site_id, clock.today()):
            yield Option(str(row.visit), str(row.ticket), words.clock(row.arrived_at), str(row.ticket))


def _events(actor: Actor, _text: str) -> Iterable[Option]:
    rows = safety.open_now()
    seen = rows if actor.reach.everywhere else [r for r in rows if r.site_id in actor.reach.sites]
    kinds = {o.value: o.name for o in pairs(safety.kinds())}
    for row in seen:
        note = f"{kinds.get(row.kind, row.kind)} · {words.moment(row.found_at)}"
        yield Option(str(row.event), row.case_code, note, row.case_code.lower())


def _by_uuid(actor: Actor, text: str) -> Option | None:
    """An id as it stands: what it names, the room looks up and judges."""
    found = uuid_of(text)
    return Option(str(found), str(found)) if found else None


def _findings(_actor: Actor, _text: str) -> Iterable[Option]:
    today = clock.today()
    rows = {row.code: row for p in reference.programmes_in_use() for row in clinic.findings(p, today)}
    return pairs(rows)


def _consents(_actor: Actor, _text: str) -> Iterable[Option]:
    today: date = clock.today()
    rows = {row.version: row for p in reference.programmes_in_use() for row in clinic.consents(p, today)}
    return pairs({version: (row.zh.partition("（")[0], row.en) for version, row in rows.items()})


def _languages(_actor: Actor, _text: str) -> Iterable[Option]:
    return [Option(code, choices.word("message_language", code)) for code in reference.city().languages]


def _message_kinds(_actor: Actor, _text: str) -> Iterable[Option]:
    return [Option(row.kind, words.pick({"zh": row.name.zh, "en": row.name.en})) for row in outreach.cadence().values()]


def _templates(_actor: Actor, _text: str) -> Iterable[Option]:
    return [Option(str(t.template), t.text, f"{t.kind} {t.language}", str(t.template)) for t in outreach.templates()]


def _notices(_actor: Actor, _text: str) -> Iterable[Option]:
    rows = outreach.notices(clock.today())
    return [
        Option(
            str(n.notice),
            words.pick({"zh": n.title_zh or n.title_en, "en": n.title_en or n.title_zh}),
            words.day(n.dated),
            str(n.notice),
        )
        for n in rows
    ]


def _questions(_actor: Actor, _text: str) -> Iterable[Option]:
    return [
        Option(str(q.number), f"{q.number} {q.text[:60]}", words.day(q.answer_due.date()), str(q.number))
        for q in outreach.questions(None)
    ]


def _short(table: Callable[[], Mapping[str, Any]]) -> Kind:
    """A short list that is a table of a room: codes with their names."""
    return Kind(lambda _actor, _text: pairs(table()), listed=True)


KINDS: Mapping[str, Kind] = {
    "account": Kind(whom.accounts),
    "alert": Kind(_alerts),
    "appointment": Kind(_appointments, named=_by_uuid),
    "area": Kind(_areas),
    "batch": Kind(_batches),
    "called": _short(safety.called),
    "campaign": Kind(_campaigns, listed=True),
    "check": _short(lambda: {row.code: row for row in clinic.checks()}),
    "class": _short(safety.classes),
    "condition": Kind(_findings, listed=True),
    "consent": Kind(_consents, listed=True),
    "contact_result": _short(outreach.results),
    "credential": _short(staff.credential_kinds),
    "credential_held": Kind(whom.credentials, named=whom.credential_named),
    "document": _short(people.document_kinds),
    "door_reason": _short(lambda: {row.code: row for row in sites.door_reasons()}),
    "event": Kind(_events),
    "facility": Kind(_facilities),
    "goods": Kind(_goods, listed=True),
    "guardian": Kind(whom.guardians, named=whom.person_named),
    "hesitancy": _short(outreach.hesitancies),
    "homebound_need": _short(lambda: outreach.needs(clock.today())),
    "household": Kind(whom.households, named=whom.household_named),
    "import": Kind(whom.imports),
    "leaving": _short(clinic.leavings),
    "lot": Kind(_lots),
    "message_kind": Kind(_message_kinds, listed=True),
    "message_language": Kind(_languages, listed=True),
    "message_template": Kind(_templates, listed=True),
    "need": _short(lambda: sites.needs(clock.today())),
    "notice": Kind(_notices, listed=True),
    "open_site": Kind(_open_sites),
    "order": Kind(_orders),
    "organisation": Kind(whom.organisations),
    "organisation_kind": _short(reference.organisation_kinds),
    "person": Kind(whom.persons, named=whom.person_named),
    "place": Kind(_places),
    "plan": Kind(_plans, listed=True),
    "policy": Kind(_policies, listed=True),
    "post": Kind(whom.posts, named=whom.post_named),
    "product": Kind(_products, listed=True),
    "programme": Kind(_programmes, listed=True),
    "proposal": Kind(_proposals),
    "question": Kind(_questions, listed=True),
    "question_kind": _short(lambda: outreach.question_kinds(clock.today())),
    "reaction": _short(safety.kinds),
    "role": Kind(whom.roles, listed=True),
    "shipment": Kind(_shipments),
    "signing_key": Kind(_signing_keys, listed=True),
    "site": Kind(_sites),
    "site_check": _short(lambda: {row.code: row for row in sites.checks()}),
    "step": _short(safety.step_table),
    "token": Kind(whom.tokens, named=whom.token_named),
    "treatment": _short(safety.treatments),
    "unit": Kind(_units),
    "visit": Kind(_visits),
    "difference_cause": _short(supply.difference_causes),
    "waste_reason": _short(supply.waste_reasons),
    "call_back": _short(clinic.call_backs),
    "not_given": _short(clinic.not_given),
    "settling": _short(clinic.ways),
    "without_dose": _short(clinic.without_dose),
}
"""Every kind of thing that a field may name. Kinds of `choices` are lists of words; the rest is written by its id."""
