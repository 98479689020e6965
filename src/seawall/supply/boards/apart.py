"""What may not be used or does not agree: places out of temperature, lots on hold or recalled, open differences."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from seawall.platform import clock
from seawall.platform.verbs import VERBS
from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal
from seawall.terms.codes import LotState, StockState
from seawall.terms.names import Name
from seawall.terms.stock import StockRow

from .. import selectors
from .cover import Names, product_name

PAPERS = frozenset(
    {
        "LOT_WITHOUT_RELEASE",
        "NO_TEMPERATURE_RECORD",
        "HANDOVER_UNSIGNED",
        "DILUENT_NOT_BUNDLED",
        "ARRIVED_BEFORE_IT_LEFT",
    }
)
ALARM = timedelta(hours=24)  # an excursion that ended is shown so long


@dataclass(frozen=True, slots=True)
class Apart:
    """A place that was warm, up to which temperature; or a lot that waits there, on hold or recalled."""

    place: Name | None
    state: Literal["warm", "refused", "quarantined", "recalled"]
    since: datetime | None
    lot: str = ""
    product: Name | None = None
    doses: int | None = None
    max_celsius: float | None = None
    why: Refusal | None = None


@dataclass(frozen=True, slots=True)
class OpenDifference:
    """A lot whose book and proof, or book and count, do not agree at a place; the act whose lines are not what it said, if any."""

    place: Name | None
    lot: str
    booked: int
    proven: int
    act: UUID | None = None
    verb: Name | None = None
    day: date | None = None


def apart(place_ids: Sequence[int], stock: Sequence[StockRow], products: Names) -> tuple[Apart, ...]:
    """Devices out of their limits since yesterday, then lots that wait in quarantine, the latest first, recalled ones last."""
    warm: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for place, _device, at, celsius in selectors.cold_alarms(clock.now() - ALARM):
        if place in place_ids:
            warm[place].append((at, celsius))
    rows = [r for r in stock if r.state == StockState.QUARANTINED]
    names = reference.place_names({r.place_id for r in rows} | warm.keys())
    since = selectors.quarantined_since(place_ids)
    alarms = [
        Apart(names.get(place), "warm", min(found)[0], max_celsius=max(celsius for _at, celsius in found))
        for place, found in warm.items()
    ]
    held = [
        Apart(
            place=names.get(r.place_id),
            state="recalled" if r.lot_state == LotState.RECALLED else "quarantined",
            since=since.get((r.place_id, r.lot)),
            lot=r.lot,
            product=product_name(products, r.product),
            doses=r.doses,
        )
        for r in rows
    ]
    return (*alarms, *_refused(place_ids, products), *sorted(held, key=_latest))


def _refused(place_ids: Sequence[int], products: Names) -> Iterator[Apart]:
    """Goods that were refused for want of a paper and stand at these places, in no balance."""
    rows = selectors.goods_apart(place_ids)
    names = reference.place_names({r.place_id for r in rows})
    for r in rows:
        why = Refusal(r.why, {"lot": r.lot}) if r.why in PAPERS else None
        product = product_name(products, r.product)
        yield Apart(names.get(r.place_id), "refused", r.since, r.lot, product, r.doses, why=why)


def _latest(row: Apart) -> tuple[bool, float]:
    return row.state == "recalled", -row.since.timestamp() if row.since else 0.0


def open_differences(place_ids: Sequence[int]) -> tuple[OpenDifference, ...]:
    """What the proof of the books found, then what a hand counted."""
    ids = set(place_ids)
    rows = [d for d in selectors.difference() if d.place_id in ids]
    counts = selectors.open_differences(place_ids)
    names = reference.place_names({r.place_id for r in rows} | {c.place_id for c in counts})
    books = (
        OpenDifference(names.get(r.place_id), r.lot, r.booked, r.proven, r.act, _verb(r.verb), r.day) for r in rows
    )
    return (*books, *(OpenDifference(names.get(c.place_id), c.lot, c.booked, c.counted) for c in counts))


def _verb(name: str) -> Name | None:
    """What people call the act."""
    found = VERBS.get(name)
    return Name(found.zh, found.en) if found else None
