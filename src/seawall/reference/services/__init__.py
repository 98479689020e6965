"""What may be asked to change reference data: load it, register places and facilities, store a rule release."""

from ..rows import CityUse, FacilityNew, PlaceNew
from .areas import areas_locate
from .city import Change, city_changes, city_load, city_read
from .city_check import Judge
from .city_template import city_template
from .load import reference_refresh
from .places import facilities_register, facility_register, place_register, places_register
from .programme_check import programme_check
from .releases import programme_use, release_store

__all__ = [
    "Change",
    "CityUse",
    "FacilityNew",
    "Judge",
    "PlaceNew",
    "areas_locate",
    "city_changes",
    "city_load",
    "city_read",
    "city_template",
    "facilities_register",
    "facility_register",
    "place_register",
    "places_register",
    "programme_check",
    "programme_use",
    "reference_refresh",
    "release_store",
]
