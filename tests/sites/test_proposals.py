"""A site before it is one: every step in its order, by other eyes, and nothing in service before it is published."""

from dataclasses import fields, replace
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.platform import sql
from seawall.sites import selectors, services
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Outcome
from seawall.terms.codes import ProposalState, SiteKind
from seawall.terms.sites import ProposalCheck, ProposalMark, SitePropose

from .conftest import DAY, Town

ALL = frozenset(c.code for c in selectors.checks())
STOPS = frozenset(c.code for c in selectors.checks() if c.stops)


def codes(outcomes: list[Outcome]) -> list[str]:
    return [o.refusal.code if o.refusal else "done" for o in outcomes]


def by(town: Town, post: int) -> Actor:
    return replace(town.actor, post_id=post)


def propose(town: Town, code: str = "N1", **changed: object) -> UUID:
    opening = town.item(code, **changed)
    given = {f.name: getattr(opening, f.name) for f in fields(opening)}
    (outcome,) = services.site_propose(by(town, 11), [SitePropose(**given, gains={"persons_nearer": 1200})])
    assert outcome.done, outcome.refusal
    return UUID(str(outcome.answer["proposal"]))


def check(town: Town, proposal: UUID, found: frozenset[str] = ALL, post: int = 12) -> Outcome:
    item = ProposalCheck(act=uuid4(), occurred_at=town.now, proposal=proposal, found=found, missing=ALL - found)
    return services.proposal_check(by(town, post), [item])[0]


def mark(town: Town, proposal: UUID, reason: str = "") -> ProposalMark:
    return ProposalMark(act=uuid4(), occurred_at=town.now, proposal=proposal, reason=reason)


def states(town: Town) -> dict[str, ProposalState]:
    return {row.code: row.state for row in selectors.proposals(town.actor)}


def test_a_site_is_proposed_checked_approved_and_published(town: Town) -> None:
    proposal = propose(town, kind=SiteKind.TEMPORARY, parent_facility_id=town.hospital)
    assert selectors.sites(DAY) == []
    assert check(town, proposal).done
    assert codes(services.proposal_approve(by(town, 13), [mark(town, proposal)])) == ["done"]
    published = mark(town, proposal)
    (outcome,) = services.proposal_publish(by(town, 11), [published])
    assert [row.site_id for row in selectors.sites(DAY)] == [outcome.answer["site_id"]]
    (row,) = selectors.proposals(town.actor)
    assert (row.state, row.gains, row.approved_by) == (ProposalState.PUBLISHED, {"persons_nearer": 1200}, 13)
    assert services.proposal_publish(by(town, 11), [published])[0].answer == outcome.answer
    assert codes(services.proposal_refuse(by(town, 13), [mark(town, proposal, "too late")])) == ["PROPOSAL_NOT_THERE"]


def test_no_step_is_taken_out_of_order_or_by_the_same_eyes(town: Town) -> None:
    proposal = propose(town)
    assert codes(services.proposal_approve(by(town, 13), [mark(town, proposal)])) == ["PROPOSAL_NOT_THERE"]
    assert codes(services.proposal_publish(by(town, 13), [mark(town, proposal)])) == ["PROPOSAL_NOT_THERE"]
    assert codes([check(town, proposal, post=11)]) == ["OWN_PROPOSAL"]
    assert check(town, proposal).done
    for post in (11, 12):
        assert codes(services.proposal_approve(by(town, post), [mark(town, proposal)])) == ["OWN_PROPOSAL"]
    assert codes(services.proposal_approve(by(town, 13), [mark(town, uuid4())])) == ["PROPOSAL_UNKNOWN"]


@pytest.mark.parametrize("stop", sorted(STOPS))
def test_each_thing_that_stops_keeps_the_proposal_from_being_checked(town: Town, stop: str) -> None:
    proposal = propose(town)
    outcome = check(town, proposal, ALL - {stop})
    assert outcome.answer == {"state": "proposed", "missing": stop}
    assert states(town) == {"N1": ProposalState.PROPOSED}
    assert check(town, proposal, STOPS).answer["state"] == "checked"


def test_what_was_refused_may_be_put_forward_anew_and_says_why(town: Town) -> None:
    proposal = propose(town)
    assert codes(services.proposal_refuse(by(town, 13), [mark(town, proposal)])) == ["REASON_NEEDED"]
    assert codes(services.proposal_refuse(by(town, 13), [mark(town, proposal, "no lift")])) == ["done"]
    propose(town)
    rows = sorted((row.state.value, row.reason) for row in selectors.proposals(town.actor))
    assert rows == [("proposed", ""), ("refused", "no lift")]


def test_bad_proposals_are_refused_one_by_one(town: Town) -> None:
    town.open("S1")
    propose(town, "N1")
    bad = [town.item("S1"), town.item("N1"), town.item("T", kind=SiteKind.TEMPORARY), town.item("Z", seats=0)]
    items = [SitePropose(**{f.name: getattr(b, f.name) for f in fields(b)}) for b in bad]
    assert codes(services.site_propose(town.actor, items)) == [
        "SITE_KNOWN", "SITE_KNOWN", "TEMPORARY_WITHOUT_PARENT", "SITE_WITHOUT_ROOM",
    ]  # fmt: skip
    unknown = ProposalCheck(
        act=uuid4(), occurred_at=town.now, proposal=selectors.proposals(town.actor)[0].proposal, found=frozenset({"?"})
    )
    assert codes(services.proposal_check(by(town, 12), [unknown])) == ["CHECK_UNKNOWN"]


def test_a_proposal_outside_the_area_is_neither_seen_nor_touched(town: Town) -> None:
    proposal = propose(town)
    elsewhere = replace(by(town, 13), reach=Reach(leaves=frozenset({town.leaf + 1})))
    assert selectors.proposals(elsewhere) == []
    assert codes(services.proposal_refuse(elsewhere, [mark(town, proposal, "x")])) == ["OUT_OF_AREA"]
    assert sql.fetch("SELECT count(*) FROM sites_proposal WHERE state = 'proposed'") == [(1,)]


def test_statements_do_not_grow_with_the_batch(town: Town) -> None:
    counts = []
    for codes_ in (["B1"], [f"C{n}" for n in range(6)]):
        openings = [town.item(code) for code in codes_]
        items = [SitePropose(**{f.name: getattr(o, f.name) for f in fields(o)}, gains={}) for o in openings]
        with CaptureQueriesContext(connection) as queries:
            made = services.site_propose(by(town, 11), items)
            proposals = [UUID(str(o.answer["proposal"])) for o in made]
            seen = [
                ProposalCheck(act=uuid4(), occurred_at=town.now, proposal=p, found=ALL, missing=frozenset())
                for p in proposals
            ]
            assert all(o.done for o in services.proposal_check(by(town, 12), seen))
            assert all(o.done for o in services.proposal_approve(by(town, 13), [mark(town, p) for p in proposals]))
            assert all(o.done for o in services.proposal_publish(by(town, 14), [mark(town, p) for p in proposals]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_of_two_who_publish_only_the_first_does(town: Town) -> None:
    proposal = propose(town)
    assert check(town, proposal).done
    assert codes(services.proposal_approve(by(town, 13), [mark(town, proposal)])) == ["done"]
    twice = services.proposal_publish(by(town, 11), [mark(town, proposal), mark(town, proposal)])
    assert codes(twice) == ["done", "PROPOSAL_NOT_THERE"]
    assert codes(services.proposal_publish(by(town, 14), [mark(town, proposal)])) == ["PROPOSAL_NOT_THERE"]
    assert len(selectors.sites(DAY)) == 1
