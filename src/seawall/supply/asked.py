"""What stores are asked to send, and whether they have."""

from collections.abc import Collection
from datetime import date

from seawall.platform import sql
from seawall.terms.stock import PickRow

PICKS = """
SELECT p.act, p.place_id, p.to_place_id, p.lot, p.product, p.packs, p.doses, p.expected_on, p."order", s.act IS NOT NULL
FROM supply_pick p LEFT JOIN supply_shipment s ON s.place_id = p.place_id AND s.act = p.act
WHERE p.expected_on >= %(since)s AND (%(all)s OR p.place_id = ANY(%(places)s))
ORDER BY p.expected_on, p.place_id, p.to_place_id, p.product, p.lot
"""


def picks(since: date, place_ids: Collection[int] | None = None) -> list[PickRow]:
    """Picks expected from a day on, of these stores or of all. What was not sent until then is asked anew that evening."""
    params = {"since": since, "all": place_ids is None, "places": list(place_ids or ())}
    return [PickRow(*row) for row in sql.fetch(PICKS, params)]
