"""Supply: where will doses run out, expire or warm up first, and which move cures it?"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from seawall.campaigns import selectors as campaigns
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import PlaceKind, StockState

from ..watch import limits
from .safety import reconciliation
from .shapes import Shape, both, cell, name, place_names, product_names, stamp, why

EXPIRING_DAYS, SHIPPED_DAYS, ANNOUNCED_DAYS, PLENTY = 30, 3, 10, 7.0


def supply_page(actor: Actor, day: date) -> Shape:
    """Stock, cover, moves, shipments and the cold chain, inside the actor's reach."""
    places = [p for p in reference.places([PlaceKind.STORE, PlaceKind.SITE]) if _sees(actor, p.place_id)]
    ids = [p.place_id for p in places]
    stock = supply.stock(ids)
    cover = {(c.place_id, c.product): c for c in supply.days_of_cover(ids, day + timedelta(days=1))}
    products = product_names(day)
    used = sorted({row.product for row in stock} | {key[1] for key in cover})
    rows = [_place(p, used, cover, stock) for p in places]
    moves = _moves(places, cover, stock, products)
    return {
        "stamp": stamp(day, live=True),
        "verdict": _verdict(rows, stock, day),
        "products": [{"code": code, "name": products.get(code, both(code, code))} for code in used],
        "places": sorted(rows, key=_trouble),
        "moves": moves,
        "shipments": _shipments(ids, day, products),
        "cold": _cold(stock, products),
        "expiring": _expiring(stock, day, products),
        "wasted": _wasted(day),
        "differences": _differences(ids),
        "totals": reconciliation(day),
    }


def _sees(actor: Actor, place_id: int) -> bool:
    return actor.reach.everywhere or place_id in actor.reach.sites


def _place(place: Any, products: list[str], cover: Any, stock: list[Any]) -> Shape:
    units = {u.unit_id: name(u) for u in reference.units(clock.today())}
    unit = reference.leaf_units(clock.today()).get(place.leaf_id or 0)
    hand: dict[str, int] = defaultdict(int)
    for row in stock:
        if row.place_id == place.place_id and row.state == StockState.ON_HAND:
            hand[row.product] += row.doses
    cells = {}
    for code in products:
        found = cover.get((place.place_id, code))
        days = found.days if found else None
        cells[code] = {"days": days, "doses": hand[code], "reserved": 0, "cell": cell(hand[code])}
    return {
        "place_id": place.place_id,
        "name": name(place),
        "kind": str(place.kind),
        "unit": units.get(unit or 0),
        "cells": cells,
    }


def _trouble(row: Shape) -> tuple[Any, ...]:
    days = [c["days"] for c in row["cells"].values() if c["days"] is not None]
    return (row["kind"] == "store", min(days, default=999.0), row["place_id"])


def _verdict(rows: list[Shape], stock: list[Any], day: date) -> Shape:
    if any(r.state == StockState.QUARANTINED for r in stock):
        place = next(r.place_id for r in stock if r.state == StockState.QUARANTINED)
        return {"state": "attention", "code": "COLD_CHAIN_ALARM", "where": place_names([place]).get(place), "on": None}
    low = limits()["COVER_DAYS"]
    short = [(c["days"], r) for r in rows if r["kind"] == "site" for c in r["cells"].values() if c["days"] is not None]
    worst = min(short, key=lambda pair: pair[0], default=None)
    if worst and worst[0] < low:
        return {
            "state": "attention",
            "code": "STOCK_RUNS_OUT",
            "where": worst[1]["name"],
            "on": day + timedelta(days=1),
        }
    soon = [r for r in stock if r.expires <= day + timedelta(days=EXPIRING_DAYS)]
    if soon:
        first = min(soon, key=lambda r: r.expires)
        return {
            "state": "attention",
            "code": "STOCK_EXPIRES",
            "where": place_names([first.place_id]).get(first.place_id),
            "on": first.expires,
        }
    return {"state": "normal", "code": "STOCK_BALANCED", "where": None, "on": None}


def _moves(places: list[Any], cover: Any, stock: list[Any], products: dict[str, Shape]) -> list[Shape]:
    """Between sites: from who has more than a week to who has less than a day, keeping the giver's later doses."""
    names = {p.place_id: name(p) for p in places}
    sites = {p.place_id for p in places if p.kind == PlaceKind.SITE}
    low = limits()["COVER_DAYS"]
    poor = [c for c in cover.values() if c.place_id in sites and c.days is not None and c.days < low]
    found = []
    for need in sorted(poor, key=lambda c: c.days):
        rich = [
            c
            for c in cover.values()
            if c.product == need.product
            and c.place_id in sites
            and (c.days is None or c.days > PLENTY)
            and c.on_hand > 0
        ]
        giver = max(rich, key=lambda c: c.on_hand - PLENTY * c.used_per_day, default=None)
        if giver is None:
            continue
        lot = min(
            (
                r
                for r in stock
                if r.place_id == giver.place_id and r.product == need.product and r.state == StockState.ON_HAND
            ),
            key=lambda r: r.expires,
            default=None,
        )
        doses = min(
            round(PLENTY * max(1.0, need.used_per_day)),
            int(giver.on_hand - PLENTY * giver.used_per_day),
            lot.doses if lot else 0,
        )
        if lot and doses > 0:
            found.append(
                {
                    "from": names[giver.place_id],
                    "to": names[need.place_id],
                    "from_id": giver.place_id,
                    "to_id": need.place_id,
                    "lot": lot.lot,
                    "product": products.get(need.product, both(need.product, need.product)),
                    "doses": doses,
                    "why": why("STOCK_RUNS_OUT", {"days": round(need.days or 0, 1)}),
                    "seconds_kept": True,
                }
            )
    return found[:20]


def _shipments(ids: list[int], day: date, products: dict[str, Shape]) -> list[Shape]:
    """Late ones first, then by the day they are expected; arrivals from makers are announced by the campaign's table."""
    rows = supply.shipments(ids, day - timedelta(days=SHIPPED_DAYS), day)
    names = place_names({r.from_place_id for r in rows} | {r.to_place_id for r in rows})
    out: list[Shape] = [
        {
            "shipment": r.shipment,
            "from": names.get(r.from_place_id),
            "to": names.get(r.to_place_id),
            "lot": r.lot,
            "product": products.get(r.product, both(r.product, r.product)),
            "doses": r.doses,
            "sent_on": clock.civil_day(r.sent_at),
            "expected_on": r.expected_on,
            "accepted_on": clock.civil_day(r.accepted_at) if r.accepted_at else None,
            "late_days": max(0, (day - r.expected_on).days) if r.accepted_at is None else 0,
            "confirmed": True,
        }
        for r in rows
    ]
    return sorted(
        out + _announced(day, products), key=lambda r: (-r["late_days"], r["accepted_on"] is not None, r["expected_on"])
    )[:60]


def _announced(day: date, products: dict[str, Shape]) -> list[Shape]:
    """Lots that the campaign's table expects from makers in the coming days."""
    rows = campaigns.scenario_of(campaigns.current().code).supply.iter_rows(named=True)
    return [
        {
            "shipment": row["lot"],
            "from": both("生产企业", "maker"),
            "to": both("市级疫苗库", "city store"),
            "lot": row["lot"],
            "product": products.get(row["product"], both(row["product"], row["product"])),
            "doses": row["doses"],
            "sent_on": None,
            "expected_on": row["date"],
            "accepted_on": None,
            "late_days": 0,
            "confirmed": bool(row.get("confirmed", True)),
        }
        for row in rows
        if day < row["date"] <= day + timedelta(days=ANNOUNCED_DAYS)
    ]


def _cold(stock: list[Any], products: dict[str, Shape]) -> list[Shape]:
    rows = [r for r in stock if r.state == StockState.QUARANTINED]
    names = place_names({r.place_id for r in rows})
    return [
        {
            "place": names.get(r.place_id),
            "lot": r.lot,
            "product": products.get(r.product, both(r.product, r.product)),
            "doses": r.doses,
            "since": None,
            "max_celsius": None,
            "state": "recalled" if r.lot_state == "recalled" else "quarantined",
        }
        for r in rows
    ]


def _expiring(stock: list[Any], day: date, products: dict[str, Shape]) -> list[Shape]:
    rows = [r for r in stock if r.expires <= day + timedelta(days=EXPIRING_DAYS) and r.state == StockState.ON_HAND]
    names = place_names({r.place_id for r in rows})
    return [
        {
            "place": names.get(r.place_id),
            "lot": r.lot,
            "product": products.get(r.product, both(r.product, r.product)),
            "expires": r.expires,
            "doses": r.doses,
        }
        for r in sorted(rows, key=lambda r: (r.expires, -r.doses))[:40]
    ]


def _wasted(day: date) -> list[Shape]:
    """Doses lost over the last seven days by reason."""
    since = datetime.combine(day - timedelta(days=6), time(), clock.zone())
    reasons = supply.waste_reasons()
    rows = reports.wasted(since)
    return [{"reason": both(*reasons.get(code, (code, code))), "doses": doses} for code, doses in sorted(rows.items())]


def _differences(ids: list[int]) -> list[Shape]:
    rows = [d for d in supply.difference() if d.place_id in set(ids)]
    counts = supply.open_differences(ids)
    names = place_names({r.place_id for r in rows} | {c.place_id for c in counts})
    books = [{"place": names.get(r.place_id), "lot": r.lot, "booked": r.booked, "proven": r.proven} for r in rows]
    return books + [
        {"place": names.get(c.place_id), "lot": c.lot, "booked": c.booked, "proven": c.counted} for c in counts
    ]
