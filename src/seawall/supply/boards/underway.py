"""What is on its way: shipments between places, and lots that makers have announced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from seawall.campaigns import selectors as campaigns
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.names import Name

from .. import selectors
from .cover import Names, product_name

SHIPPED_DAYS, ANNOUNCED_DAYS, MOST = 3, 10, 60
MAKER, CITY_STORE = Name("生产企业", "maker"), Name("市级疫苗库", "city store")


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """One shipment, or an arrival that the campaign's table expects; `confirmed`: it is not only probable."""

    sender: Name | None
    receiver: Name | None
    lot: str
    product: Name
    doses: int
    expected_on: date
    accepted_on: date | None
    late_days: int
    confirmed: bool


def on_the_way(place_ids: Sequence[int], day: date, products: Names, *, announced: bool) -> tuple[OnTheWay, ...]:
    """Late ones first, then by the day they are expected; arrivals from makers are announced by the campaigns' tables."""
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
            accepted_on=clock.civil_day(r.accepted_at) if r.accepted_at else None,
            late_days=max(0, (day - r.expected_on).days) if r.accepted_at is None else 0,
            confirmed=True,
        )
        for r in rows
    ]
    coming = _announced(day, products) if announced else ()
    return tuple(
        sorted([*found, *coming], key=lambda r: (-r.late_days, r.accepted_on is not None, r.expected_on))[:MOST]
    )


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
                accepted_on=None,
                late_days=0,
                confirmed=bool(row.get("confirmed", True)),
            )
