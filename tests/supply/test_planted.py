"""One dose planted in the books by hand is found that night, and named: place, lot, day, and the act that made it."""

from uuid import uuid4

import pytest

from seawall.platform import clock, sql
from seawall.supply import selectors, services
from seawall.terms.stock import DoseWaste

HERE = "place_id = %(site)s AND act = %(act)s"


@pytest.fixture
def acts(chain):
    """One act of each kind at the site, by kind."""
    codes = chain.deliver("B1", 6, 2)
    use = chain.use(codes[0])
    waste = DoseWaste(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code=codes[1], doses=2, reason="BROKEN")
    assert services.dose_use(chain.actor, [use])[0].done
    assert services.dose_waste(chain.actor, [waste])[0].done
    accept, send = (
        sql.fetch("SELECT act FROM supply_stockline WHERE place_id = %s AND kind = %s", [place, kind])[0][0]
        for place, kind in ((chain.site, "accept"), (chain.store, "send"))
    )
    receive = sql.fetch("SELECT act FROM supply_stockline WHERE kind = 'receive'")[0][0]
    assert selectors.difference() == []
    return {"use": use.act, "waste": waste.act, "accept": accept, "send": send, "receive": receive}


@pytest.mark.parametrize(
    ("kind", "at", "change"),
    [
        ("use", "site", "UPDATE supply_stockline SET delta = delta - 1 WHERE {here}"),
        ("waste", "site", "UPDATE supply_stockline SET delta = delta + 1 WHERE {here}"),
        ("use", "site", "DELETE FROM supply_stockline WHERE {here}"),
        ("waste", "site", "DELETE FROM supply_stockline WHERE {here}"),
        (
            "accept",
            "site",
            "UPDATE supply_stockline SET delta = delta - 1 WHERE {here} AND kind = 'accept' AND delta > 0",
        ),
        ("receive", "store", "UPDATE supply_stockline SET delta = delta + 1 WHERE {here} AND kind = 'receive'"),
        ("send", "store", "UPDATE supply_stockline SET delta = delta + 1 WHERE {here} AND kind = 'send'"),
    ],
)
def test_the_act_whose_lines_are_not_what_it_said_is_named(chain, acts, kind, at, change):
    place = getattr(chain, at)
    sql.execute(change.format(here=HERE), {"site": place, "act": acts[kind]})
    found = selectors.difference()
    assert {(d.place_id, d.lot, d.day, d.act) for d in found if d.act} == {(place, "B1", clock.today(), acts[kind])}
    assert abs(sum(d.booked - d.proven for d in found if not d.state.startswith("pair/"))) in {1, 2}


def test_a_line_that_no_act_wrote_is_named_too(chain, acts):
    stray = uuid4()
    sql.execute(
        "INSERT INTO supply_stockline (place_id, act, kind, line, lot, state, delta, other_place_id, reason, occurred_at, recorded_at) "
        "SELECT place_id, %s, kind, line, lot, state, -1, other_place_id, '', occurred_at, recorded_at FROM supply_stockline "
        "WHERE act = %s",
        [stray, acts["use"]],
    )
    (found,) = selectors.difference()
    assert (found.place_id, found.lot, found.act, found.verb) == (chain.site, "B1", stray, "")


@pytest.mark.parametrize("table", ["balance", "pack"])
def test_a_book_changed_by_no_act_names_none(chain, acts, table):
    change = {
        "balance": "UPDATE supply_balance SET doses = doses - 1 WHERE place_id = %s AND lot = 'B1' AND state = 'on_hand'",
        "pack": "UPDATE supply_pack SET doses_left = 1 WHERE place_id = %s AND doses_left = 2 AND code = "
        "(SELECT max(code) FROM supply_pack)",
    }
    sql.execute(change[table], [chain.site])
    found = selectors.difference()
    assert {(d.place_id, d.lot, abs(d.booked - d.proven), d.act) for d in found} == {(chain.site, "B1", 1, None)}
