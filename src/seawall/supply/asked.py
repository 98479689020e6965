"""What stores are asked to send, and whether they have; what places ask of each other and lend."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from seawall.platform import sql
from seawall.terms.stock import AskRow, OfferRow, PickRow

PICK = """
SELECT p.act, p.place_id, p.to_place_id, p.lot, p.product, p.packs, p.doses, p.expected_on, p."order", s.act IS NOT NULL
FROM supply_pick p LEFT JOIN supply_shipment s ON s.place_id = p.place_id AND s.act = p.act
"""
PICKS = f"""
{PICK} WHERE p.expected_on >= %(since)s AND (%(all)s OR p.place_id = ANY(%(places)s))
ORDER BY p.expected_on, p.place_id, p.to_place_id, p.product, p.lot
"""
NAMED = f"{PICK} WHERE p.place_id = %s AND p.act = ANY(%s) ORDER BY p.act"


def picks(since: date, place_ids: Collection[int] | None = None) -> list[PickRow]:
    """Picks expected from a day on, of these stores or of all. What was not sent until then is asked anew that evening."""
    params = {"since": since, "all": place_ids is None, "places": list(place_ids or ())}
    return [PickRow(*row) for row in sql.fetch(PICKS, params)]


def picks_named(place_id: int, picks: Collection[UUID]) -> list[PickRow]:
    """These picks of a store, whatever their day."""
    return [PickRow(*row) for row in sql.fetch(NAMED, [place_id, [*picks]])]


ASKS = """
SELECT a.act, a.place_id, a.product, a.doses, a.needed_on, a.note, a.state, a.asked_at,
    coalesce((SELECT sum(o.doses) FROM supply_offer o WHERE o.ask = a.act AND o.state <> 'declined'), 0)::int
FROM supply_ask a WHERE a.state = 'open' ORDER BY a.needed_on, a.asked_at, a.act LIMIT %s
"""
OFFERS = """
SELECT act, place_id, to_place_id, lot, product, packs, doses, settle_by, returned, state, offered_at, answered_at FROM supply_offer
WHERE (%(act)s::uuid IS NULL OR act = %(act)s) AND (%(all)s OR place_id = ANY(%(places)s) OR to_place_id = ANY(%(places)s))
ORDER BY state <> 'offered', state <> 'lent', settle_by, offered_at DESC, act LIMIT %(most)s
"""


def asks(most: int = 100) -> list[AskRow]:
    """What any place asks for, the soonest first: whoever keeps stock may offer."""
    return [AskRow(*row) for row in sql.fetch(ASKS, [most])]


def offers(place_ids: Collection[int] | None = None, act: UUID | None = None, most: int = 100) -> list[OfferRow]:
    """Offers from or to these places: those that wait for an answer, then loans by the day to settle, then what is done."""
    params = {"act": act, "all": place_ids is None, "places": list(place_ids or ()), "most": most}
    return [OfferRow(*row) for row in sql.fetch(OFFERS, params)]
