"""The layout of sites: who is far, what more sites buy, and a proposal that becomes a site."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from seawall.campaigns import selectors as campaigns
from seawall.command import services as orders
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.reports.boards import LayoutPage, asked_of, layout_page
from seawall.sites import selectors as sites
from seawall.sites import services as site_services
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Refused
from seawall.terms.sites import ProposalCheck, ProposalMark

pytestmark = pytest.mark.usefixtures("city")
WANZHOU = "500101"


def closed_day() -> date:
    day = reports.last_closing()
    assert day
    return day


def unit(code: str = WANZHOU) -> int:
    return next(u.unit_id for u in reference.units(closed_day()) if u.code == code)


def layout(actor: Actor, more: int, model: str = "max-cover") -> LayoutPage:
    return layout_page(actor, campaigns.current(), asked_of(unit(), str(more), model), closed_day())


def test_more_sites_leave_fewer_people_far_and_shorter_ways(anyone: Actor) -> None:
    covers = [layout(anyone, n) for n in (0, 1, 2, 4)]
    far = [page.answer.after.far for page in covers]
    assert far == sorted(far, reverse=True)
    assert far[0] == covers[0].answer.before.far > far[-1]
    assert all(page.answer.proven for page in covers)
    gained = sum(gain.newly_near for gain in covers[2].answer.new)
    assert gained == far[0] - far[2]
    short = layout(anyone, 2, "p-median")
    assert short.answer.after.mean <= covers[2].answer.after.mean
    assert short.answer.after.far >= far[2]


def test_people_on_the_page_are_those_of_the_closing(anyone: Actor) -> None:
    page = layout(anyone, 1)
    standing = reports.standing_by_leaf(campaigns.current().code, closed_day(), unit())
    expected = sum(max(0, row["eligible"] - row["complete"]) for row in standing.values())
    assert sum(way.street.people for way in page.ways) == expected == page.stamp.denominator.size
    assert page.unplaced == 0


def test_what_the_engine_found_is_put_forward_and_becomes_a_site(anyone: Actor) -> None:
    page, day, act, now = layout(anyone, 2), closed_day(), uuid4(), clock.now()
    best = page.answer.new[0]
    proposer, inspector, office = (replace(anyone, post_id=post) for post in (21, 22, 23))
    (made,) = orders.sites_put_forward(proposer, campaigns.current(), page.asked, [best.leaf_id], day, act, now)
    assert made.done, made.refusal
    (again,) = orders.sites_put_forward(proposer, campaigns.current(), page.asked, [best.leaf_id], day, act, now)
    assert again.replayed
    (row,) = layout(anyone, 0).proposals
    assert row.gains == {"people": best.people, "newly_near": best.newly_near, "km_saved": best.km_saved}
    common = {"occurred_at": now, "proposal": row.proposal}
    found = frozenset(c.code for c in sites.checks())
    assert site_services.proposal_check(inspector, [ProposalCheck(act=uuid4(), found=found, **common)])[0].done
    assert site_services.proposal_approve(office, [ProposalMark(act=uuid4(), **common)])[0].done
    (opened,) = site_services.proposal_publish(proposer, [ProposalMark(act=uuid4(), **common)])
    assert opened.done, opened.refusal
    after = layout_page(anyone, campaigns.current(), page.asked, clock.civil_day(now))
    assert any(s.site.site_id == opened.answer["site_id"] for s in after.sites)
    assert after.proposals[0].state == "published"


def test_a_unit_out_of_reach_is_refused(anyone: Actor) -> None:
    with pytest.raises(Refused, match="OUT_OF_AREA"):
        layout(replace(anyone, reach=Reach(leaves=frozenset({1}))), 1)
