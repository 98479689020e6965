"""The small city that tests look at: how large, which seed, lived until when."""

from datetime import date

SCALE = 0.0005
SEED = 2021
LIVED_UNTIL = date(2021, 4, 16)


def live(until: date = LIVED_UNTIL) -> None:
    """Load and live the small city in the database that Django points at."""
    from seawall.drill import services

    services.city_load(scale=SCALE, seed=SEED)
    services.live_until(until)
