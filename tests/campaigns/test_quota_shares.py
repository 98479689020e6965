"""Quotas go down to streets and organisations: whole doses that add up per unit, group and day, by who is still to come."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from seawall.campaigns import selectors
from seawall.campaigns.selectors.quota_shares import whole_in_turn
from seawall.campaigns.services import plan_compute
from seawall.people.services import membership_record, organisation_register
from seawall.reference.selectors import leaf_units
from seawall.terms.rosters import MembershipRecord, OrganisationRegister

from .conftest import EVE, NOON, A, B, group, publish

KEYS = ["unit_id", "group", "product", "dose_rank"]
DAYS = [EVE + timedelta(days=n) for n in range(1, 15)]


@pytest.fixture
def organisations(db, anyone, act, residents):
    """Twelve of a unit's twenty work in one place, four in another; five of the other unit work in the first too."""
    people = residents(A, *[date(1980, 1, 1 + n) for n in range(20)])
    beyond = residents(B, *[date(1981, 1, 1 + n) for n in range(10)])
    leaf = min(leaf_units(EVE))
    first, second = (
        o.answer["organisation_id"]
        for o in organisation_register(
            anyone,
            [
                OrganisationRegister(
                    act=act(n), occurred_at=NOON, name_zh=n, kind="LARGE_ENTERPRISE", sector="OTHER", leaf_id=leaf
                )
                for n in ("甲厂", "乙厂")
            ],
        )
    )
    pairs = [(p, first) for p in people[:12] + beyond[:5]] + [(p, second) for p in people[12:16]]
    joined = membership_record(
        anyone,
        [
            MembershipRecord(act=act("m", p), occurred_at=NOON, person_id=p, organisation_id=o, since=date(2020, 1, 1))
            for p, o in pairs
        ],
    )
    assert all(o.done for o in joined), joined
    return first, second


@pytest.fixture
def published(anyone, campaign, stock, nobody_given, organisations):
    group(anyone, campaign, EVE)
    run_id = plan_compute(
        anyone, campaign, EVE, stock=stock, given=nobody_given, eligible=selectors.eligible_frame(campaign, EVE)
    )
    assert publish(anyone, run_id).done
    return campaign


@pytest.mark.django_db
@pytest.mark.parametrize("cut", [selectors.street_quotas, selectors.organisation_quotas])
def test_the_parts_of_every_unit_group_and_day_add_up_to_its_quota(published, cut):
    planned = 0
    for day in DAYS:
        whole, parts = selectors.quotas(published, day), cut(published, day)
        planned += whole["doses"].sum()
        assert (
            parts.group_by(KEYS).agg(pl.col("doses").sum()).sort(KEYS).equals(whole.select(*KEYS, "doses").sort(KEYS))
        )
        assert (parts["doses"] > 0).all()
    assert planned > 0


@pytest.mark.django_db
def test_organisations_get_what_their_people_still_need(published, organisations):
    first, second = organisations
    days = pl.concat([selectors.organisation_quotas(published, day) for day in DAYS])
    starts = days.filter(pl.col("dose_rank") == 1)
    ids = {code: unit for unit, code in selectors.quotas(published, DAYS[0]).select("unit_id", "unit_code").iter_rows()}
    here = dict(
        starts.filter(pl.col("unit_id") == ids[A]).group_by("organisation_id").agg(pl.col("doses").sum()).iter_rows()
    )
    total = sum(here.values())
    for organisation, people in ((first, 12), (second, 4), (None, 4)):
        assert here[organisation] == pytest.approx(total * people / 20, abs=2)
    assert set(starts.filter(pl.col("unit_id") == ids[B])["organisation_id"]) <= {first, None}


@pytest.mark.django_db
def test_a_day_has_the_same_parts_whatever_happens_to_its_people_later(published, anyone, residents):
    day = DAYS[0]
    before = selectors.street_quotas(published, day)
    residents(A, *[date(1970, 2, 1 + n) for n in range(9)])
    group(anyone, published, EVE + timedelta(days=1))
    selectors.quota_shares._kept.cache_clear()
    assert selectors.street_quotas(published, day).equals(before)
    unit = before["unit_id"][0]
    assert selectors.street_quotas(published, day, unit).equals(before.filter(pl.col("unit_id") == unit))


def test_whole_parts_add_up_and_stay_within_one_of_their_share():
    rng = np.random.default_rng(7)
    for turn in range(2000):
        weights = rng.integers(0, 50, rng.integers(1, 30)).astype(float)
        weights[rng.integers(len(weights))] += 1
        total = int(rng.integers(0, weights.sum() + 1))
        parts = whole_in_turn(weights, total, turn)
        exact = weights * total / weights.sum()
        assert parts.sum() == total and (parts >= 0).all() and (parts <= weights).all()
        assert (np.abs(parts - exact) < 1 + 1e-6).all()


def test_over_many_days_small_parts_come_to_their_turn():
    weights = np.array([9.0, 1.0, 1.0, 1.0])
    days = sum(whole_in_turn(weights, 1, turn) for turn in range(600))
    assert np.abs(days - 600 * weights / 12).max() <= 3
