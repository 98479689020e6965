"""A synthetic city and its behaviour as frames, by seed; nobody in it exists."""

from .behaviour import Behaviour, load_behaviour
from .city import City, ages_on, make_city
from .history import history_by_table, make_history
from .incidents import city_incidents
from .tables import load_tables

__all__ = [
    "Behaviour",
    "City",
    "ages_on",
    "city_incidents",
    "history_by_table",
    "load_behaviour",
    "load_tables",
    "make_city",
    "make_history",
]
