"""A site before it is one: proposed, checked on the spot, approved by other eyes, published into service, or refused."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from seawall.platform import access, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Item, Params, Refusal
from seawall.terms.codes import Owner, ProposalState
from seawall.terms.sites import ProposalCheck, ProposalMark, ProposalRow, SitePropose
from seawall.terms.visits import SiteOpen

from .. import events, rows, tables
from ..models import Proposal
from .places import admitted, site_open

COLUMNS: tuple[str, ...] = (
    "proposal",
    "code",
    "kind",
    "state",
    "name_zh",
    "name_en",
    "leaf_id",
    "address_zh",
    "address_en",
    "phone",
)
COLUMNS += ("stations", "seats", "parent_facility_id", "longitude", "latitude", "synthetic", "gains")
COLUMNS += ("found", "missing", "reason", "proposed_by", "changed_at")
TAKEN = """
SELECT code FROM sites_site WHERE code = ANY(%(codes)s)
UNION SELECT code FROM sites_proposal WHERE code = ANY(%(codes)s) AND state <> 'refused'
"""
LOCK = f"SELECT {rows.PROPOSAL_COLUMNS} FROM sites_proposal p WHERE p.proposal = ANY(%s) ORDER BY p.proposal FOR UPDATE"
STEP = {"proposal": "uuid", "state": "text", "post": "bigint", "at": "timestamptz"}
FOUND = f"""
UPDATE sites_proposal p SET state = u.state, checked_by = u.post, changed_at = u.at,
    found = string_to_array(u.found, ' '), missing = string_to_array(u.missing, ' ')
FROM {sql.unnest({**STEP, "found": "text", "missing": "text"})} WHERE p.proposal = u.proposal
"""
APPROVED = f"""
UPDATE sites_proposal p SET state = u.state, approved_by = u.post, changed_at = u.at
FROM {sql.unnest(STEP)} WHERE p.proposal = u.proposal
"""
SETTLED = f"""
UPDATE sites_proposal p SET state = u.state, settled_by = u.post, changed_at = u.at, site_id = u.site, reason = u.reason
FROM {sql.unnest({**STEP, "site": "bigint", "reason": "text"})} WHERE p.proposal = u.proposal
"""
Found = Mapping[UUID, ProposalRow]
BY_LEAF = "sites knows in which leaf a proposal lies"


@verb(Owner.LEAF, zh="拟设接种点", en="Propose sites", tells=(events.SITE_PROPOSED,))
def site_propose(w: Work, items: list[SitePropose]) -> Answers:
    """Put sites forward, with what each would buy; the answer carries the proposal's id."""
    good, answers = admitted(w, items, TAKEN)
    sql.insert(Proposal, COLUMNS, [_row(w, i) for i in good.values()])
    for i in good.values():
        w.announce(events.SITE_PROPOSED, "leaf", i.leaf_id, i, {"proposal": str(i.act), "code": i.code})
    return answers | {i.act: {"proposal": str(i.act), "code": i.code} for i in good.values()}


def _row(w: Work, i: SitePropose) -> tuple[object, ...]:
    where = (i.leaf_id, i.address_zh, i.address_en, i.phone, i.stations, i.seats, i.parent_facility_id)
    head = (i.act, i.code, i.kind, ProposalState.PROPOSED, i.name_zh, i.name_en)
    return (*head, *where, i.longitude, i.latitude, i.synthetic, i.gains, [], [], "", w.actor.post_id, w.recorded_at)


@verb(Owner.PROPOSAL, zh="核查拟设点", en="Check proposed sites", judged_by_room=BY_LEAF)
def proposal_check(w: Work, items: list[ProposalCheck]) -> Answers:
    """Record what was found where a site is proposed; every stop of the table must be in place, seen by other eyes."""
    found, stops = _locked(items), {c.code for c in tables.checks().values() if c.stops}
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[UUID, ProposalCheck] = {}
    for i in items:
        unknown = (i.found | i.missing) - tables.checks().keys()
        refusal = _not_at(w, i.proposal, found, {ProposalState.PROPOSED, ProposalState.CHECKED}, good)
        if not refusal and unknown:
            refusal = Refusal("CHECK_UNKNOWN", {"check": min(unknown)})
        if not refusal and w.actor.post_id == found[i.proposal].proposed_by:
            refusal = Refusal("OWN_PROPOSAL", {"site": found[i.proposal].code})
        if refusal:
            answers[i.act] = refusal
            continue
        good[i.proposal] = i
        answers[i.act] = {"state": _state(i, stops), "missing": ", ".join(sorted(stops - i.found))}
    sql.execute(FOUND, sql.turn([_finding(w, i, stops) for i in good.values()], 6))
    return answers


def _state(i: ProposalCheck, stops: set[str]) -> str:
    """A check that finds a stop missing leaves the proposal where it was, with its findings."""
    return ProposalState.CHECKED if stops <= i.found else ProposalState.PROPOSED


def _finding(w: Work, i: ProposalCheck, stops: set[str]) -> tuple[object, ...]:
    there, missing = " ".join(sorted(i.found)), " ".join(sorted(i.missing | (stops - i.found)))
    return i.proposal, _state(i, stops), w.actor.post_id, w.recorded_at, there, missing


@verb(Owner.PROPOSAL, zh="批准设点", en="Approve proposed sites", judged_by_room=BY_LEAF)
def proposal_approve(w: Work, items: list[ProposalMark]) -> Answers:
    """Approve what was checked; neither who proposed it nor who checked it approves it."""
    good, answers = _ready(w, items, {ProposalState.CHECKED}, _own)
    step = [(p.proposal, ProposalState.APPROVED, w.actor.post_id, w.recorded_at) for _, p in good]
    sql.execute(APPROVED, sql.turn(step, 4))
    return answers | {i.act: {"state": ProposalState.APPROVED.value} for i, _ in good}


def _own(w: Work, i: ProposalMark, row: ProposalRow) -> Refusal | None:
    """Nobody approves what they proposed or checked."""
    mine = w.actor.post_id in {row.proposed_by, row.checked_by}
    return Refusal("OWN_PROPOSAL", {"site": row.code}) if mine else None


@verb(Owner.PROPOSAL, zh="公布接种点", en="Publish approved sites", judged_by_room=BY_LEAF)
def proposal_publish(w: Work, items: list[ProposalMark]) -> Answers:
    """An approved site enters service: it becomes a place, and people can find it. The answer carries its id."""
    good, answers = _ready(w, items, {ProposalState.APPROVED})
    step = []
    for (i, p), outcome in zip(good, site_open(w.actor, [_opening(i, p) for i, p in good]), strict=True):
        answers[i.act] = outcome.refusal or outcome.answer
        if outcome.done:
            site = int(str(outcome.answer["site_id"]))
            step.append((p.proposal, ProposalState.PUBLISHED, w.actor.post_id, w.recorded_at, site, ""))
    sql.execute(SETTLED, sql.turn(step, 6))
    return answers


def _opening(i: ProposalMark, p: ProposalRow) -> SiteOpen:
    return SiteOpen(
        act=i.act, occurred_at=i.occurred_at, code=p.code, kind=p.kind, name_zh=p.name_zh, name_en=p.name_en,
        leaf_id=p.leaf_id, address_zh=p.address_zh, address_en=p.address_en, phone=p.phone, stations=p.stations,
        seats=p.seats, parent_facility_id=p.parent_facility_id, longitude=p.longitude, latitude=p.latitude,
        synthetic=p.synthetic,
    )  # fmt: skip


@verb(Owner.PROPOSAL, zh="不予设点", en="Refuse proposed sites", judged_by_room=BY_LEAF, destroys=True)
def proposal_refuse(w: Work, items: list[ProposalMark]) -> Answers:
    """Turn proposals down, with the reason; the same code may be put forward anew."""
    under_way = set(ProposalState) - {ProposalState.PUBLISHED, ProposalState.REFUSED}
    good, answers = _ready(w, items, under_way, _unsaid)
    step = [(p.proposal, ProposalState.REFUSED, w.actor.post_id, w.recorded_at, None, i.reason) for i, p in good]
    sql.execute(SETTLED, sql.turn(step, 6))
    return answers | {i.act: {"state": ProposalState.REFUSED.value} for i, _ in good}


def _unsaid(w: Work, i: ProposalMark, row: ProposalRow) -> Refusal | None:
    return None if i.reason.strip() else Refusal("REASON_NEEDED", {"site": row.code})


def _ready(
    w: Work,
    items: list[ProposalMark],
    states: set[ProposalState],
    further: Callable[[Work, ProposalMark, ProposalRow], Refusal | None] = lambda *_: None,
) -> tuple[list[tuple[ProposalMark, ProposalRow]], dict[UUID, Refusal | Params]]:
    """Marks whose proposals stand where the step begins, locked, and why the others may not take it."""
    found = _locked(items)
    good: dict[UUID, ProposalMark] = {}
    refused: dict[UUID, Refusal | Params] = {}
    for i in items:
        refusal = _not_at(w, i.proposal, found, states, good) or further(w, i, found[i.proposal])
        if refusal:
            refused[i.act] = refusal
        else:
            good[i.proposal] = i
    return [(i, found[p]) for p, i in good.items()], refused


def _locked(items: Sequence[ProposalCheck | ProposalMark]) -> dict[UUID, ProposalRow]:
    found = (rows.proposal_row(row) for row in sql.fetch(LOCK, [[i.proposal for i in items]]))
    return {row.proposal: row for row in found}


def _not_at(
    w: Work, proposal: UUID, found: Found, states: set[ProposalState], taken: Mapping[UUID, Item]
) -> Refusal | None:
    """Why a proposal cannot take this step: unknown, out of reach, or not where the step begins."""
    row = found.get(proposal)
    if row is None:
        return Refusal("PROPOSAL_UNKNOWN", {"proposal": str(proposal)})
    if not access.sees_leaf(w.actor, row.leaf_id):
        return Refusal(access.OUT_OF_AREA)
    if row.state not in states or proposal in taken:
        return Refusal("PROPOSAL_NOT_THERE", {"site": row.code, "state": row.state.value})
    return None
