"""Ten million movements: the book of a place, the nightly proof beside one scan of its lines, a recall of half a million recipients."""

import os
from collections.abc import Iterator
from datetime import date

from seawall.clinic.boards import recall
from seawall.clinic.rows import GivenRow
from seawall.clinic.selectors import given_with_lot, recipients
from seawall.platform import sql
from seawall.reference.services import PlaceNew, places_register
from seawall.supply import selectors
from seawall.supply import services as supply
from seawall.terms.codes import LotState, PlaceKind
from seawall.terms.stock import CartonMark, LotHold, LotReceive, ShipmentAccept, ShipmentSend

from ..clinic.world import DAY, SIGNED, World, done
from .measure import Line, p50, seconds

MOVEMENTS = int(os.environ.get("SEAWALL_BENCH_MOVEMENTS", "10000000"))
PLACES, LOTS, LEFT = 1_000, 100, 10
RECIPIENTS = MOVEMENTS // 20
PROOF_AT_MOST, BALANCE_MS, RECALL_S, CARTON, BYTES = 5, 20, 2, 2_000, 700
STARTS = "timestamptz '2021-03-01 01:00+00'"
LOT_ROWS = """
INSERT INTO supply_lot (lot, product, expires, release_certificate, doses_per_pack, platform, emergency_decision, diluent, state,
    authority, by_product)
SELECT 'BENCH' || l, 'BIBP', date '2022-03-01', 'R', 1, 'INACT', '', '', 'released', '', false FROM generate_series(0, %(lots)s - 1) l
"""
LINES = f"""
INSERT INTO supply_stockline (place_id, act, kind, line, lot, code, state, delta, other_place_id, reason, occurred_at, recorded_at)
SELECT (%(places)s::bigint[])[1 + g %% %(n)s], gen_random_uuid(), 'use', 1, 'BENCH' || (g / %(n)s) %% %(lots)s,
    '8000000' || lpad(g::text, 13, '0'), 'on_hand', -1, %(given)s, '', at, at
FROM generate_series(0, %(rows)s - 1) g, LATERAL (SELECT {STARTS} + (g * 40.0 / %(rows)s) * interval '1 day' AS at) t
"""
RECEIVED = f"""
INSERT INTO supply_stockline (place_id, act, kind, line, lot, state, delta, other_place_id, reason, occurred_at, recorded_at)
SELECT place_id, gen_random_uuid(), 'receive', 1, lot, 'on_hand', %(left)s - sum(delta), %(maker)s, '', {STARTS}, {STARTS}
FROM supply_stockline GROUP BY place_id, lot
"""
BALANCES = """
INSERT INTO supply_balance (place_id, lot, state, doses)
SELECT place_id, lot, state, sum(delta) FROM supply_stockline GROUP BY 1, 2, 3
"""
PACKS = """
INSERT INTO supply_pack (code, lot, product, expires, place_id, state, cold, gap, doses, doses_left)
SELECT '81' || lpad((row_number() OVER ())::text, 18, '0'), lot, 'BIBP', date '2022-03-01', place_id, 'on_hand', false, false, 1, 1
FROM supply_balance, generate_series(1, doses)
"""
USED_UP = """
INSERT INTO supply_pack (code, lot, product, expires, place_id, state, cold, gap, doses, doses_left)
SELECT code, lot, 'BIBP', date '2022-03-01', place_id, 'on_hand', false, false, 1, 0 FROM supply_stockline WHERE kind = 'use'
"""
GIVEN = """
INSERT INTO clinic_injection (site_id, visit, act, person_id, programme, day, product, lot, code, dose_rank, dose_number, volume_ml,
    arm, route, vaccinator_post_id, screener_post_id, occurred_at, override_codes, override_reason, checks)
SELECT (%(places)s::bigint[])[1 + g %% %(n)s], gen_random_uuid(), gen_random_uuid(), g, 'covid19-cn', date '2021-03-01' + g %% 40,
    'BIBP', 'BENCH0', '8', 1, 1, 0.5, 'left', 'IM', 1, 1, timestamptz '2021-03-01 01:00+00', '{}', '', 2047
FROM generate_series(1, %(rows)s) g
"""
SIZE = """
SELECT (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relkind = 'r' AND starts_with(c.relname, 'supply_'))::bigint,
    (SELECT count(*) FROM supply_stockline WHERE kind = 'use')
"""
SCAN = "SELECT count(*), sum(delta) FROM supply_stockline"


def measured(hall: World) -> list[Line]:
    places = places_register(
        [
            PlaceNew(kind=PlaceKind.STORE, code=f"B-{n}", name_zh=f"库{n}", name_en=f"Store {n}", synthetic=True)
            for n in range(PLACES)
        ]
    )
    loaded(hall, places)
    hold = LotHold(**hall.base(), lot="BENCH0", place_id=None, state=LotState.RECALLED, authority="BENCH")
    book = p50(lambda: selectors.stock([places[7]]))
    lot = p50(lambda: selectors.lot_places("BENCH7"))
    scan, proof = p50(lambda: sql.fetch(SCAN)), p50(lambda: same(selectors.difference(), []))
    identity = p50(lambda: same([r for r in selectors.identity(hall.now.replace(year=2030)) if not r.holds], []))
    stop = seconds(lambda: done(supply.lot_hold(hall.actor, [hold])))
    shown = seconds(lambda: same(recall.recall_page(hall.actor, "BENCH0").recipients, RECIPIENTS))
    first = seconds(lambda: next(iter(read("BENCH0"))))
    listed = seconds(lambda: same(sum(1 for _ in read("BENCH0")), RECIPIENTS))
    ((size, given),) = sql.fetch(SIZE)
    carton = scanned(hall)
    label = f"{MOVEMENTS:,} movements, {PLACES:,} places, {LOTS} lots"
    return [
        Line(f"balance of a place by lot, {label}", f"{book * 1e3:.1f} ms", f"{BALANCE_MS} ms at most", ""),
        Line("balance of a lot by place", f"{lot * 1e3:.1f} ms", f"{BALANCE_MS} ms at most", ""),
        Line("nightly proof of all places", f"{proof:.2f} s", f"{scan:.2f} s, one scan of the lines", times(proof, scan)),
        Line("identity of every lot at every place", f"{identity:.2f} s", f"{scan:.2f} s, one scan", times(identity, scan)),
        Line(
            f"recall of a lot with {RECIPIENTS:,} recipients at {PLACES:,} places: blocked, and its page",
            f"{stop:.2f} + {shown:.2f} s",
            f"{RECALL_S} s at most",
            "",
        ),
        Line(
            "its recipients read day by day, as the export streams them: the first day, all",
            f"{first:.2f} s, {listed:.2f} s", f"{RECALL_S} s at most for the first", "",
        ),
        Line(f"a carton of {CARTON:,} vials scanned and sent, scanned and taken in", carton, "1 s at most each", ""),
        Line(
            f"bytes of database a dose given, every table and index of supply, {given:,} given",
            f"{size / given:,.0f}", f"{BYTES} at most", "",
        ),
    ]  # fmt: skip


def read(lot: str) -> Iterator[GivenRow]:
    for day in sorted({day for _, day, _ in recipients(lot)}):
        yield from given_with_lot(lot, day)


def scanned(hall: World) -> str:
    """Every vial of a carton by the code of the carton: as it is sent, and as it is taken in."""
    head, case = "8990001" + "0" * 13, "8990002" + "0" * 13
    received = LotReceive(
        **hall.base(), lot="CARTON", product="BIBP", place_id=hall.store, expires=date(2022, 3, 1), release_certificate="R",
        temperature_record="T", max_celsius=7.0, min_celsius=3.0, **SIGNED, doses_per_pack=1, packs=CARTON, first_code=head,
        cartons=(CartonMark(code=case, packs=CARTON),),
    )  # fmt: skip
    done(supply.lot_receive(hall.actor, [received]))
    send = ShipmentSend(
        **hall.base(), from_place_id=hall.store, to_place_id=hall.site, lot="CARTON", packs=CARTON, codes=(case,), expected_on=DAY
    )  # fmt: skip
    sent = seconds(lambda: done(supply.shipment_send(hall.actor, [send])))
    accept = ShipmentAccept(
        **hall.base(), shipment=str(send.act), place_id=hall.site, temperature_record="T", max_celsius=7.0, min_celsius=3.0,
        **SIGNED, codes=(case,),
    )  # fmt: skip
    taken = seconds(lambda: done(supply.shipment_accept(hall.actor, [accept])))
    return f"{sent:.2f} s, {taken:.2f} s"


def times(ours: float, bare: float) -> str:
    return f"{ours / bare:.1f} (at most {PROOF_AT_MOST})"


def same(found: object, wanted: object) -> None:
    if found != wanted:
        raise AssertionError(found)


def loaded(hall: World, places: list[int]) -> None:
    """Lines of arms over forty days, what must have come for them, and the books and packs that follow."""
    virtual = {
        kind: sql.fetch("SELECT id FROM reference_place WHERE kind = %s", [kind])[0][0] for kind in ("given", "maker")
    }
    params = {"places": places, "n": PLACES, "lots": LOTS, "rows": MOVEMENTS, "left": LEFT, **virtual}
    sql.execute(LOT_ROWS, params)
    sql.execute(LINES, params)
    sql.execute(RECEIVED, params)
    sql.execute(BALANCES)
    sql.execute(PACKS)
    sql.execute(USED_UP)
    sql.execute(GIVEN, params | {"rows": RECIPIENTS})
    sql.execute("VACUUM ANALYZE")
