"""Facts that this room announces."""

CITY_DAY_CLOSED = "CityDayClosed"
