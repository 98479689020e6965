"""Register whoever holds stock, and hospitals; a code that is known already gets its id back, brought up to date."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from seawall.platform import access, clock, selectors, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner, PlaceKind
from seawall.terms.places import FacilityRegister, PlaceRegister

from ..models import Facility, Place
from ..rows import FacilityNew, PlaceNew
from ..selectors import leaf_units

BY_FORM = frozenset({PlaceKind.STORE, PlaceKind.VEHICLE, PlaceKind.HOSPITAL})
GRADES = range(1, 4)
Asked = TypeVar("Asked", PlaceRegister, FacilityRegister)


@verb(Owner.LEAF, zh="登记库存地点", en="Register places that hold stock")
def place_register(w: Work, items: list[PlaceRegister]) -> Answers:
    """Stores, vehicles and hospitals that hold stock; the answer carries the id. Sites are registered as they open."""
    units = leaf_units(clock.civil_day(w.recorded_at))
    known = {
        code: (kind, leaf)
        for code, kind, leaf in sql.fetch(
            "SELECT code, kind, leaf_id FROM reference_place WHERE code = ANY(%s)", [[i.code for i in items]]
        )
    }
    above = {
        key
        for (key,) in sql.fetch(
            "SELECT id FROM reference_place WHERE id = ANY(%s) AND kind = 'store'",
            [[i.parent_place_id for i in items if i.parent_place_id]],
        )
    }

    def wrong(item: PlaceRegister) -> Refusal | None:
        kind, leaf = known.get(item.code, (item.kind, item.leaf_id))
        if item.kind not in BY_FORM:
            return Refusal("PLACE_KIND_ELSEWHERE")
        if kind != item.kind or not access.sees_leaf(w.actor, leaf or 0):
            return Refusal("PLACE_KNOWN", {"place": item.code})
        if item.parent_place_id and item.parent_place_id not in above:
            return Refusal("PLACE_PARENT_UNKNOWN")
        return None

    synthetic = selectors.nature().synthetic
    good, answers = _sound(items, units, wrong)
    ids = places_register(
        [
            PlaceNew(
                kind=i.kind, code=i.code, name_zh=i.name_zh, name_en=i.name_en, leaf_id=i.leaf_id, unit_id=units[i.leaf_id],
                parent_place_id=i.parent_place_id, synthetic=synthetic,
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
    """Ids in the order given, by one statement."""
    columns = ("kind", "code", "name_zh", "name_en", "leaf", "unit", "parent", "synthetic")
    made = sql.insert(
        Place,
        columns,
        [
            (r.kind, r.code, r.name_zh, r.name_en, r.leaf_id, r.unit_id, r.parent_place_id, r.synthetic)
            for r in {r.code: r for r in rows}.values()
        ],
        on_conflict="(code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en, "
        "leaf_id = excluded.leaf_id, unit_id = excluded.unit_id, parent_id = excluded.parent_id",
        returning=("code", "id"),
    )
    ids = dict(made)
    return [ids[r.code] for r in rows]


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
