"""People as columns for measuring: adults in a campaign, and children with a whole card of doses."""

import numpy as np

from .judging import Schedule, load, run, shipped
from .kernel import layout as at
from .kernel.columns import People

DOSES = (0.12, 0.08, 0.40, 0.35, 0.05)  # share of people with 0 to 4 doses
PRODUCTS = ("BIBP", "WIBP", "SVAC", "AD5", "ZF2001")
# Product and age in days, as the childhood example gives them in the first two years; varicella is another programme's.
CARD = (
    ("BCG", 0), ("HEPB", 0), ("HEPB", 31), ("IPV", 61), ("IPV", 92), ("DTAP", 92), ("DTAP", 122), ("BOPV", 122),
    ("HEPB", 183), ("MPSVA", 184), ("MMR", 245), ("JEL", 246), ("MPSVA", 276), ("VARICELLA", 372), ("DTAP", 550),
)  # fmt: skip
LATE = 25  # a dose comes up to so many days late, so that some live vaccines come too close together


def prepare() -> None:
    """Compile the kernel, half a minute once for each version, or find it compiled: nobody waits for it at a desk."""
    schedule = load(shipped("covid19-cn"))
    run(schedule.compiled[0], synthetic(schedule, 10, np.random.default_rng(1)), 18_800)


def synthetic(schedule: Schedule, count: int, rng: np.random.Generator) -> People:
    """People with 0 to 4 doses at intervals as a campaign gives them; no conditions."""
    births = rng.integers(-15_000, 16_000, count).astype(np.int32)
    doses = rng.choice(len(DOSES), count, p=DOSES)
    owner = np.repeat(np.arange(count), doses)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(doses) - doses, doses)
    product = rng.choice([schedule.words.vaccines[code] for code in PRODUCTS], count)
    gaps = np.array([[0, 1], [18, 50], [190, 260], [400, 460]])
    day = rng.integers(18_680, 18_990, count)[owner] + rng.integers(
        gaps[np.minimum(nth, 3), 0], gaps[np.minimum(nth, 3), 1]
    )
    return _people(births, rng, doses, day, product[owner])


def children(schedule: Schedule, count: int, rng: np.random.Generator, as_of: int) -> People:
    """Children of 2 to 6 years with the fifteen doses of CARD, each up to LATE days late, in order of date."""
    births = (as_of - rng.integers(760, 2_200, count)).astype(np.int32)
    ages = np.array([age for _, age in CARD])
    vaccine = np.array([schedule.words.vaccines[code] for code, _ in CARD])
    days = births[:, None] + ages + rng.integers(0, LATE, (count, len(CARD))) * (ages > 0)
    order = np.lexsort((np.broadcast_to(vaccine, days.shape), days), axis=1)
    given = np.take_along_axis(days, order, axis=1).ravel()
    return _people(births, rng, np.full(count, len(CARD)), given, vaccine[order].ravel())


def _people(
    births: np.ndarray, rng: np.random.Generator, doses: np.ndarray, day: np.ndarray, vaccine: np.ndarray
) -> People:
    starts = np.zeros((len(births) + 1, 2), np.int64)
    starts[1:, 0] = np.cumsum(doses)
    return People(
        np.column_stack([births, births, rng.integers(1, 3, len(births))]).astype(np.int32),
        starts,
        np.column_stack([day, day, vaccine, np.full(len(day), at.NONE)]).astype(np.int32),
        np.empty((0, 3), np.int32),
    )
