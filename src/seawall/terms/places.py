"""Rows that ask for reference data to be kept: places that hold stock, hospitals, and the tables of facts themselves."""

from dataclasses import dataclass

from .acts import Item
from .codes import PlaceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRegister(Item):
    """A store, vehicle or hospital begins to hold stock; a code that is known brings its place up to date."""

    kind: PlaceKind
    code: str
    name_zh: str
    name_en: str
    leaf_id: int
    supplied_by: int | None = None  # the store that supplies it from that day on; empty: as before
    lead_days: int = 1  # from leaving that store to use; 0: the same morning


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityRegister(Item):
    """A hospital that temporary sites may belong to; a code that is known brings it up to date."""

    code: str
    name_zh: str
    name_en: str
    grade: int
    leaf_id: int
    green_channel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRefresh(Item):
    """Bring areas, units, products, calendar, census and rules up to the tables of the installed version."""
