"""The safety strip and the proof of the books, as the board shows them."""

from datetime import date, timedelta

from seawall.platform import clock
from seawall.reports import selectors as reports
from seawall.safety import selectors as safety
from seawall.supply import selectors as supply
from seawall.terms.codes import LotState
from seawall.terms.stock import StockRow

from .shapes import Shape, both, owner, place_names, product_names

COLD_DAYS = 3  # a reading out of 2-8 C stays on the strip so long


def safety_strip(day: date) -> Shape:
    """Nearest clock, open and serious cases, lots stopped, cold-chain alarms; the doses that a rate needs."""
    now = clock.now()
    events, names = safety.open_events(day), product_names(day)
    waiting = [e for e in events if e.reported_at is None]
    kinds = safety.kinds()
    nearest = min(waiting, key=lambda e: e.clock_due, default=None)
    rates = safety.case_rates(day - timedelta(days=365), day)
    stopped = [lot for lot in supply.lots() if lot.state != LotState.RELEASED]
    return {
        "open": len(events),
        "serious": sum(e.serious for e in events),
        "overdue": sum(e.overdue(now) for e in waiting),
        "nearest": {
            "name": both(kinds[nearest.kind].zh, kinds[nearest.kind].en),
            "due_at": nearest.clock_due,
            "holder": owner(nearest.reporter_post_id),
        }
        if nearest
        else None,
        "events": rates["all"].events,
        "doses": rates["all"].doses,
        "lots_stopped": [
            {"lot": lot.lot, "product": names.get(lot.product, both(lot.product, lot.product)), "state": str(lot.state)}
            for lot in stopped
        ],
        "cold_chain": len({row.place_id for row in cold_stock()}),
    }


def cold_stock() -> list[StockRow]:
    """Balances that wait in quarantine."""
    return [row for row in supply.stock() if row.state == "quarantined"]


def reconciliation(day: date) -> Shape:
    """账实相符 over the city at the day's closing, as frozen with its dispatch."""
    books = reports.dispatch_content(day).get("books") or dict.fromkeys(
        ("received", "given", "wasted", "returned", "on_hand", "difference"), 0
    )
    where = books.get("where")
    names = place_names([where]) if where else {}
    return {**books, "where": names.get(where) if where else None}
