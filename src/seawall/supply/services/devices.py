"""What keeps vaccine cold: registered, changed, calibrated, retired; and which lot stands where."""

from collections.abc import Sequence
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import VIRTUAL, Owner
from seawall.terms.cold import (
    DeviceCalibrate,
    DeviceChange,
    DeviceRegister,
    DeviceRetire,
    DeviceState,
    LotShelve,
)

from .. import inside
from ..inside import DeviceRow, Key
from ..models import Device, Standing

COLUMNS: tuple[str, ...] = (
    "place_id",
    "device",
    "kind",
    "temperature",
    "litres",
    "every_minutes",
    "calibrated_on",
    "calibration_due",
)
COLUMNS += ("certificate", "longitude", "latitude", "state", "since")
UNNAMED = frozenset("/+#")  # signs of addresses and topics
CHANGE = f"""
UPDATE supply_device d SET litres = u.litres, every_minutes = u.every, longitude = u.longitude, latitude = u.latitude
FROM {
    sql.unnest(
        {"place_id": "bigint", "device": "text", "litres": "float8", "every": "int"}
        | {"longitude": "float8", "latitude": "float8"}
    )
} WHERE d.place_id = u.place_id AND d.device = u.device
"""
CALIBRATE = f"""
UPDATE supply_device d SET calibrated_on = u.on_day, calibration_due = u.due, certificate = u.certificate
FROM {
    sql.unnest({"place_id": "bigint", "device": "text", "on_day": "date", "due": "date", "certificate": "text"})
} WHERE d.place_id = u.place_id AND d.device = u.device
"""
RETIRE = f"""
UPDATE supply_device d SET state = 'retired' FROM {sql.unnest({"place_id": "bigint", "device": "text"})}
WHERE d.place_id = u.place_id AND d.device = u.device
"""
HERE = f"""
SELECT b.place_id, b.lot FROM supply_balance b JOIN {sql.unnest({"place_id": "bigint", "lot": "text"})}
  ON b.place_id = u.place_id AND b.lot = u.lot WHERE b.doses > 0 GROUP BY 1, 2
"""


@verb(Owner.PLACE, zh="登记冷链设备", en="Register cold-chain devices")
def device_register(w: Work, items: list[DeviceRegister]) -> Answers:
    """Devices come into use at a place, each under a name of its own there."""
    known = {row.key for row in inside.devices({i.place_id for i in items})}
    places = {p.place_id for p in reference.places(place_ids={i.place_id for i in items}) if p.kind not in VIRTUAL}
    answers: dict[UUID, Refusal | Params] = {}
    rows = []
    for i in items:
        if i.place_id not in places:
            answers[i.act] = Refusal("PLACE_HOLDS_NO_STOCK", {"place_id": i.place_id})
        elif (i.place_id, i.device) in known:
            answers[i.act] = Refusal("DEVICE_KNOWN", {"device": i.device})
        elif refusal := _unsound(i) or _undated(i):
            answers[i.act] = refusal
        else:
            known.add((i.place_id, i.device))
            answers[i.act] = {"device": i.device}
            rows.append(
                (i.place_id, i.device.strip(), i.kind, i.temperature, i.litres, i.every_minutes, i.calibrated_on)
                + (i.calibration_due, "", i.longitude, i.latitude, DeviceState.IN_USE, i.occurred_at)
            )
    sql.insert(Device, COLUMNS, rows)
    return answers


def _unsound(item: DeviceRegister | DeviceChange) -> Refusal | None:
    if (
        not item.device.strip()
        or set(item.device) & UNNAMED
        or item.litres <= 0
        or not 0 <= item.every_minutes <= 24 * 60
    ):
        return Refusal("DEVICE_UNSOUND", {"device": item.device})
    return None


def _undated(item: DeviceRegister | DeviceCalibrate) -> Refusal | None:
    if item.calibrated_on and item.calibration_due and item.calibration_due <= item.calibrated_on:
        return Refusal("CALIBRATION_ENDS_BEFORE", {"device": item.device})
    return None


def used(place_ids: set[int]) -> dict[Key, DeviceRow]:
    """Devices in use at these places."""
    return {row.key: row for row in inside.devices(place_ids) if row.in_use}


def missing(device: str) -> Refusal:
    return Refusal("DEVICE_UNKNOWN", {"device": device})


@verb(Owner.PLACE, zh="变更冷链设备", en="Change cold-chain devices")
def device_change(w: Work, items: list[DeviceChange]) -> Answers:
    """The room of a device, its logger and its point on the map are written anew."""
    known = used({i.place_id for i in items})
    answers: dict[UUID, Refusal | Params] = {}
    good = {}
    for i in items:
        refusal = missing(i.device) if (i.place_id, i.device) not in known else _unsound(i)
        answers[i.act] = refusal or {"device": i.device}
        if not refusal:
            good[i.place_id, i.device] = (i.place_id, i.device, i.litres, i.every_minutes, i.longitude, i.latitude)
    sql.execute(CHANGE, sql.turn(list(good.values()), 6))
    return answers


@verb(Owner.PLACE, zh="校准冷链设备", en="Calibrate cold-chain devices")
def device_calibrate(w: Work, items: list[DeviceCalibrate]) -> Answers:
    """A device was calibrated, with its certificate and the day until which that holds."""
    known = used({i.place_id for i in items})
    answers: dict[UUID, Refusal | Params] = {}
    good = {}
    for i in items:
        refusal = missing(i.device) if (i.place_id, i.device) not in known else _undated(i)
        answers[i.act] = refusal or {"device": i.device}
        if not refusal:
            row = (i.place_id, i.device, i.calibrated_on, i.calibration_due, i.certificate)
            good[i.place_id, i.device] = row
    sql.execute(CALIBRATE, sql.turn(list(good.values()), 5))
    return answers


@verb(Owner.PLACE, zh="停用冷链设备", en="Retire cold-chain devices", destroys=True)
def device_retire(w: Work, items: list[DeviceRetire]) -> Answers:
    """Devices leave use. Nothing may stand in them, for sure or perhaps, as the last device of its place that keeps it cold."""
    known = used({i.place_id for i in items})
    stands = inside.lots_inside(list(known.values()))
    answers: dict[UUID, Refusal | Params] = {}
    gone: list[Key] = []
    for i in items:
        if (i.place_id, i.device) not in known:
            answers[i.act] = missing(i.device)
        elif full := [lot.lot for lot in stands.get((i.place_id, i.device), ()) if lot.sure]:
            answers[i.act] = Refusal("DEVICE_NOT_EMPTY", {"device": i.device, "lots": ", ".join(full)})
        else:
            gone.append((i.place_id, i.device))
            answers[i.act] = {"device": i.device}
    sql.execute(RETIRE, sql.turn(gone, 2))
    return answers


@verb(Owner.PLACE, zh="指定批次存放设备", en="Put lots into devices")
def lot_shelve(w: Work, items: list[LotShelve]) -> Answers:
    """Lots of a place stand in these devices from now on."""
    known = used({i.place_id for i in items})
    here = set(sql.fetch(HERE, sql.turn([(i.place_id, i.lot) for i in items], 2)))
    answers: dict[UUID, Refusal | Params] = {}
    rows = []
    for i in items:
        if (i.place_id, i.device) not in known:
            answers[i.act] = missing(i.device)
        elif (i.place_id, i.lot) not in here:
            answers[i.act] = Refusal("LOT_NOT_HERE", {"lot": i.lot})
        else:
            rows.append((i, i.lot, i.place_id, i.device))
            answers[i.act] = {"lot": i.lot, "device": i.device}
    stand([(place, lot, i.occurred_at, device) for i, lot, place, device in rows])
    return answers


def stand(rows: Sequence[tuple[object, ...]]) -> None:
    """Place, lot, moment and device; said twice for a moment, the last holds."""
    latest = {row[:3]: row for row in rows}
    columns = ("place_id", "lot", "since", "device")
    conflict = "(place_id, lot, since) DO UPDATE SET device = excluded.device"
    sql.insert(Standing, columns, list(latest.values()), on_conflict=conflict)
