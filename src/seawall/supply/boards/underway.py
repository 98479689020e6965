"""What is on its way: shipments between places, and lots that makers have announced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID

from seawall.campaigns import selectors as campaigns
from seawall.reference import selectors as reference
from seawall.terms.names import Name

from .. import selectors
from .cover import Names, product_name

SHIPPED_DAYS, ANNOUNCED_DAYS, MOST, MOST_ANNOUNCED = 3, 10, 60, 12
MAKER, CITY_STORE = Name("生产企业", "maker"), Name("市级疫苗库", "city store")


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """One shipment with its moments, or an arrival that the campaign's table expects; `confirmed`: it is not only probable."""

    sender: Name | None
    receiver: Name | None
    lot: str
    product: Name
    doses: int
    expected_on: date
    late_days: int
    confirmed: bool
    shipment: UUID | None = None
    left_at: datetime | None = None
    arrived_at: datetime | None = None
    accepted_at: datetime | None = None
    refused: bool = False
    moments: tuple[tuple[str, datetime], ...] = ()


def on_the_way(place_ids: Sequence[int], day: date, products: Names, *, announced: bool) -> tuple[OnTheWay, ...]:
    """Late ones first, then what is under way, then what was taken in, the latest first.

    At the end stands what makers are expected to send by the campaigns' tables, where that is asked for (`announced`).
    """
    rows = selectors.shipments(place_ids, day - timedelta(days=SHIPPED_DAYS), day)
    names = reference.place_names({r.from_place_id for r in rows} | {r.to_place_id for r in rows})
    found = [
        OnTheWay(
            sender=names.get(r.from_place_id),
            receiver=names.get(r.to_place_id),
            lot=r.lot,
            product=product_name(products, r.product),
            doses=r.doses,
            expected_on=r.expected_on,
            late_days=max(0, (day - r.expected_on).days) if r.late else 0,
            confirmed=True,
            shipment=r.shipment,
            left_at=r.sent_at,
            arrived_at=r.arrived_at,
            accepted_at=r.accepted_at,
            refused=r.state == "refused",
            moments=r.moments,
        )
        for r in rows
    ]
    coming = sorted(_announced(day, products) if announced else (), key=lambda r: r.expected_on)
    found.sort(key=_order)
    return (*found[:MOST], *coming[:MOST_ANNOUNCED])


def _order(row: OnTheWay) -> tuple[int, bool, int]:
    done, day = row.accepted_at is not None or row.refused, row.expected_on.toordinal()
    return (-row.late_days, done, -day if done else day)


def _announced(day: date, products: Names) -> Iterator[OnTheWay]:
    """Lots that the tables of the campaigns that run expect from makers in the coming days."""
    tables = (campaigns.scenario_of(campaign.code).supply for campaign in campaigns.running(day))
    for row in chain.from_iterable(table.iter_rows(named=True) for table in tables):
        if day < row["date"] <= day + timedelta(days=ANNOUNCED_DAYS):
            yield OnTheWay(
                sender=MAKER,
                receiver=CITY_STORE,
                lot=row["lot"],
                product=product_name(products, row["product"]),
                doses=row["doses"],
                expected_on=row["date"],
                late_days=0,
                confirmed=bool(row.get("confirmed", True)),
            )
