"""Register whoever holds stock, and hospitals; a code that is known already gets its id back, brought up to date."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from seawall.platform import access, clock, selectors, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner, PlaceKind
from seawall.terms.places import FacilityRegister, PlaceRegister

from ..levels import levels
from ..models import Facility, Place, Supplier
from ..rows import FacilityNew, PlaceNew
from ..selectors import leaf_units

BY_FORM = frozenset({PlaceKind.STORE, PlaceKind.VEHICLE, PlaceKind.HOSPITAL})
GRADES = range(1, 4)
ALWAYS = date(2000, 1, 1)  # a supplier of whom no first day is said
SINCE = sql.unnest({"place_id": "bigint", "since": "date"})
FORGET = f"DELETE FROM reference_supplier s USING {SINCE} WHERE s.place_id = u.place_id AND s.valid_from >= u.since"
END = f"""
UPDATE reference_supplier s SET valid_to = u.since - 1 FROM {SINCE}
WHERE s.place_id = u.place_id AND coalesce(s.valid_to, u.since) >= u.since
"""
Asked = TypeVar("Asked", PlaceRegister, FacilityRegister)


@verb(Owner.LEAF, zh="登记库存地点", en="Register places that hold stock")
def place_register(w: Work, items: list[PlaceRegister]) -> Answers:
    """Stores, vehicles and hospitals that hold stock; the answer carries the id. Sites are registered as they open."""
    units = leaf_units(clock.civil_day(w.recorded_at))
    known = {
        code: (kind, leaf, key)
        for code, kind, leaf, key in sql.fetch(
            "SELECT code, kind, leaf_id, id FROM reference_place WHERE code = ANY(%s)", [[i.code for i in items]]
        )
    }
    day = clock.civil_day(w.recorded_at)
    now = levels(day)
    stores = {
        key
        for (key,) in sql.fetch(
            "SELECT id FROM reference_place WHERE id = ANY(%s) AND kind = 'store'",
            [[i.supplied_by for i in items if i.supplied_by]],
        )
    }

    def wrong(item: PlaceRegister) -> Refusal | None:
        kind, leaf, place = known.get(item.code, (item.kind, item.leaf_id, 0))
        if item.kind not in BY_FORM:
            return Refusal("PLACE_KIND_ELSEWHERE")
        if kind != item.kind or not access.sees_leaf(w.actor, leaf or 0):
            return Refusal("PLACE_KNOWN", {"place": item.code})
        if item.supplied_by and item.supplied_by not in stores:
            return Refusal("PLACE_PARENT_UNKNOWN")
        if item.supplied_by and place in now.way(item.supplied_by):
            return Refusal("PLACE_SUPPLIES_ITSELF", {"place": item.code})
        return Refusal("LEAD_BELOW_ZERO") if item.lead_days < 0 else None

    synthetic = selectors.nature().synthetic
    good, answers = _sound(items, units, wrong)
    ids = places_register(
        [
            PlaceNew(
                kind=i.kind, code=i.code, name_zh=i.name_zh, name_en=i.name_en, leaf_id=i.leaf_id, unit_id=units[i.leaf_id],
                synthetic=synthetic, supplied_by=i.supplied_by, lead_days=i.lead_days, since=day,
            )
            for i in good
        ]
    )  # fmt: skip
    return answers | {i.act: {"place_id": key, "code": i.code} for i, key in zip(good, ids, strict=True)}


@verb(Owner.LEAF, zh="登记医院", en="Register hospitals")
def facility_register(w: Work, items: list[FacilityRegister]) -> Answers:
    """Hospitals by grade: a temporary site belongs to one of grade two or above; the answer carries the id."""
    units = leaf_units(clock.civil_day(w.recorded_at))
    known = dict(
        sql.fetch("SELECT code, leaf_id FROM reference_facility WHERE code = ANY(%s)", [[i.code for i in items]])
    )

    def wrong(item: FacilityRegister) -> Refusal | None:
        if item.grade not in GRADES:
            return Refusal("FACILITY_GRADE", {"least": GRADES[0], "most": GRADES[-1]})
        if not access.sees_leaf(w.actor, known.get(item.code, item.leaf_id)):
            return Refusal("PLACE_KNOWN", {"place": item.code})
        return None

    synthetic = selectors.nature().synthetic
    good, answers = _sound(items, units, wrong)
    ids = facilities_register(
        [
            FacilityNew(
                code=i.code, name_zh=i.name_zh, name_en=i.name_en, grade=i.grade, leaf_id=i.leaf_id,
                green_channel=i.green_channel, synthetic=synthetic,
            )
            for i in good
        ]
    )  # fmt: skip
    return answers | {i.act: {"facility_id": key, "code": i.code} for i, key in zip(good, ids, strict=True)}


def _sound(
    items: Sequence[Asked], units: Mapping[int, int], wrong: Callable[[Asked], Refusal | None]
) -> tuple[list[Asked], dict[UUID, Refusal | Params]]:
    """Those that may be registered, each code once; and why the others may not."""
    good: dict[str, Asked] = {}
    refused: dict[UUID, Refusal | Params] = {}
    for item in items:
        why = Refusal("AREA_UNKNOWN", {"leaf_id": item.leaf_id}) if item.leaf_id not in units else wrong(item)
        if why is None and (not item.code.strip() or item.code in good):
            why = Refusal("PLACE_KNOWN", {"place": item.code}) if item.code.strip() else Refusal("PLACE_WITHOUT_CODE")
        if why:
            refused[item.act] = why
        else:
            good[item.code] = item
    return list(good.values()), refused


def places_register(rows: Sequence[PlaceNew]) -> list[int]:
    """Ids in the order given."""
    columns = ("kind", "code", "name_zh", "name_en", "leaf", "unit", "synthetic")
    made = sql.insert(
        Place,
        columns,
        [
            (r.kind, r.code, r.name_zh, r.name_en, r.leaf_id, r.unit_id, r.synthetic)
            for r in {r.code: r for r in rows}.values()
        ],
        on_conflict="(code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en, "
        "leaf_id = excluded.leaf_id, unit_id = excluded.unit_id",
        returning=("code", "id"),
    )
    ids = dict(made)
    suppliers_set(
        [(ids[r.code], r.supplied_by, r.lead_days, r.since or ALWAYS) for r in rows if r.supplied_by is not None]
    )
    return [ids[r.code] for r in rows]


def suppliers_set(rows: Sequence[tuple[int, int, int, date]]) -> None:
    """[place, supplier, lead days, since]: from that day on, in place of whatever was said of later days.

    A place whose supplier is the same already keeps its row.
    """
    last: dict[int, tuple[int, int, int, date]] = {row[0]: row for row in rows}
    if not last:
        return
    held = sql.fetch(
        "SELECT place_id, supplier_id, lead_days FROM reference_supplier WHERE place_id = ANY(%s) AND valid_to IS NULL",
        [list(last)],
    )
    same = {place for place, store, lead in held if last[place][1:3] == (store, lead)}
    new = [row for place, row in sorted(last.items()) if place not in same]
    given = sql.turn([(place, since) for place, _, _, since in new], 2)
    sql.execute(FORGET, given)
    sql.execute(END, given)
    sql.insert(Supplier, ("place", "supplier", "lead_days", "valid_from"), new)


def facilities_register(rows: Sequence[FacilityNew]) -> list[int]:
    """Ids in the order given, by one statement."""
    made = sql.insert(
        Facility,
        ("code", "name_zh", "name_en", "grade", "leaf", "green_channel", "synthetic"),
        [
            (r.code, r.name_zh, r.name_en, r.grade, r.leaf_id, r.green_channel, r.synthetic)
            for r in {r.code: r for r in rows}.values()
        ],
        on_conflict="(code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en, "
        "grade = excluded.grade, leaf_id = excluded.leaf_id, green_channel = excluded.green_channel",
        returning=("code", "id"),
    )
    ids = dict(made)
    return [ids[r.code] for r in rows]
