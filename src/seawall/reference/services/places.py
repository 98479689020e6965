"""Register whoever holds stock, and hospitals; a code that is known already gets its id back, brought up to date."""

from collections.abc import Sequence

from seawall.platform import sql

from ..models import Facility, Place
from ..rows import FacilityNew, PlaceNew


def place_register(row: PlaceNew) -> int:
    return places_register([row])[0]


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
