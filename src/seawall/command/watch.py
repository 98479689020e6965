"""What the evening looks for: where the plan, the stock, the books or the clocks need somebody. Limits are rows, not code."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.clinic import selectors as clinic
from seawall.platform import clock
from seawall.reports import selectors as reports
from seawall.safety import selectors as safety
from seawall.supply import selectors as supply
from seawall.terms.acts import Params
from seawall.terms.codes import StockState
from seawall.terms.command import AlertFound
from seawall.terms.stock import Difference


@cache
def limits() -> dict[str, float]:
    """Thresholds of the watch by code."""
    with (Path(__file__).parent / "limits.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: float(row["value"]) for row in csv.DictReader(file)}


def watch(campaign: CampaignRow, day: date, wrong: Sequence[Difference]) -> list[AlertFound]:
    """Everything that stands in the way on a campaign's evening of a day, its own and what is shared.

    `wrong` is what the proof of the books found.
    """
    return [
        *_units(campaign, day),
        *_cover(campaign, day),
        *_stock(day),
        *_closings(day),
        *_books(wrong),
        *_events(day),
        *_irregular(day),
    ]


def _units(campaign: CampaignRow, day: date) -> Iterator[AlertFound]:
    """Units behind their back-schedule, or with many later doses overdue."""
    code = campaign.code
    standing, given = reports.standing_by_unit(code, day), reports.units_given(code, day, campaign.opens)
    planned = campaigns.unit_plan_to_date(code, day)
    for unit_id, stands in standing.items():
        row = reports.NOBODY | dict(stands)
        short = planned.get(unit_id, 0) - given.get(unit_id, {}).get("to_date", 0)
        if short > limits()["BEHIND_SHARE"] * max(1, row["eligible"]) and short >= limits()["BEHIND_DOSES"]:
            yield AlertFound("UNIT_BEHIND_PLAN", {"doses": short}, unit_id, doses=short, campaign=code)
        overdue = row["later_overdue"]
        if overdue > limits()["OVERDUE_SHARE"] * max(1, row["started"]) and overdue >= limits()["OVERDUE_PEOPLE"]:
            yield AlertFound("LATER_DOSES_OVERDUE", {"people": overdue}, unit_id, doses=overdue, campaign=code)


def _cover(campaign: CampaignRow, day: date) -> Iterator[AlertFound]:
    """Units that run out of the campaign's vaccines."""
    for unit_id, days in reports.cover_by_unit(campaign, day).items():
        if days is not None and days < limits()["COVER_DAYS"]:
            yield AlertFound("STOCK_RUNS_OUT", {"days": round(days, 1)}, unit_id, campaign=campaign.code)


def _stock(day: date) -> Iterator[AlertFound]:
    """Shipments that are late, doses held in quarantine."""
    for row in supply.shipments_due(day):
        yield AlertFound(
            code="SHIPMENT_LATE", params={"doses": row.doses, "lot": row.lot}, site_id=row.to_place_id, doses=row.doses
        )
    held: dict[tuple[int, str], int] = {}
    for stock in supply.stock():
        if stock.state == StockState.QUARANTINED:
            held[stock.place_id, stock.lot] = held.get((stock.place_id, stock.lot), 0) + stock.doses
    for place, total in _by_place(held).items():
        yield AlertFound(code="DOSES_QUARANTINED", params={"doses": total}, site_id=place, doses=total)
    for waiting in supply.excursions_waiting():
        held_there: Params = {"device": waiting.device, "doses": waiting.doses}
        yield AlertFound(code="EXCURSION_OPEN", params=held_there, site_id=waiting.place_id, doses=waiting.doses)
    hours = supply.HOURS_APART
    for place, devices in supply.devices_unread(day).items():
        told = {"devices": devices, "hours": hours}
        yield AlertFound(code="DEVICE_WITHOUT_READINGS", params=told, site_id=place)


def _by_place(held: dict[tuple[int, str], int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (place, _), doses in held.items():
        found[place] = found.get(place, 0) + doses
    return found


def _closings(day: date) -> Iterator[AlertFound]:
    """Sites that had a session and did not close it: not reported is never zero."""
    for unit_id, missing in reports.units_closed(day).items():
        if missing:
            yield AlertFound(code="SITES_NOT_CLOSED", params={"sites": len(missing)}, unit_id=unit_id)


def _books(wrong: Sequence[Difference]) -> Iterator[AlertFound]:
    """Books that do not balance, and counts by hand that differ from them."""
    for row in wrong:
        gap = row.booked - row.proven
        yield AlertFound(
            code="BOOKS_DIFFER", params={"doses": gap, "lot": row.lot}, site_id=row.place_id, doses=abs(gap)
        )
    for count in supply.open_differences():
        gap = count.counted - count.booked
        yield AlertFound(
            code="COUNT_DIFFERS", params={"doses": gap, "lot": count.lot}, site_id=count.place_id, doses=abs(gap)
        )


def _irregular(day: date) -> Iterator[AlertFound]:
    """Sites with doses on record that hands, clocks or packs do not explain."""
    found = Counter(row.site_id for row in {(row.site_id, row.visit): row for row in clinic.irregular(day)}.values())
    for site_id, doses in found.items():
        yield AlertFound(code="DOSES_IRREGULAR", params={"doses": doses}, site_id=site_id, doses=doses)


def _events(day: date) -> Iterator[AlertFound]:
    """Adverse events whose report is overdue."""
    late = [e for e in safety.clocks(day) if e.overdue(clock.now())]
    if late:
        yield AlertFound(code="EVENT_CLOCK_OVERDUE", params={"cases": len(late)})
