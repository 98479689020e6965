"""What may be asked to change reference data: load it, register places and facilities, store a rule release."""

from ..rows import FacilityNew, PlaceNew
from .areas import areas_locate
from .load import reference_load
from .places import facilities_register, place_register, places_register
from .releases import programme_use, release_store

__all__ = [
    "FacilityNew",
    "PlaceNew",
    "areas_locate",
    "facilities_register",
    "place_register",
    "places_register",
    "programme_use",
    "reference_load",
    "release_store",
]
