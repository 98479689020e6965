"""What a scenario is: people by age group and district, contacts by layer, a disease, vaccines, doses and measures."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
LEAKY, ALL_OR_NOTHING = "leaky", "all_or_nothing"
EULER, RUNGE_KUTTA = "euler", "runge_kutta"
INFECTIONS = "infections"


@dataclass(frozen=True, slots=True)
class Layer:
    """Contacts of one kind: `contacts[i, j]` = contacts a day of one person of group i with people of group j."""

    name: str
    contacts: F


@dataclass(frozen=True, slots=True)
class Disease:
    """Natural history; vectors are by age group.

    One of `r0` (spectral radius of the next-generation matrix of these contacts, or of `reference` where given, nobody
    immune and no measure in force) and `beta` (chance of transmission per contact). `incubation_days` 0 makes it SIR.
    `fatality` and `hospitalisation` are shares of all infections; the dead die in hospital where hospitalisation > 0.
    """

    r0: float | None
    incubation_days: float
    infectious_days: float
    susceptibility: F
    fatality: F
    hospitalisation: F
    hospital_days: float = 10.0
    immunity_days: float | None = None
    beta: float | None = None
    reference: F | None = None


@dataclass(frozen=True, slots=True)
class Vaccine:
    """One dose of one product; effects are shares from 0 to 1 and count in full for who has had this dose last.

    `infection` (by group): leaky = each exposure infects 1 - effect times as often; all_or_nothing = the share effect is
    immune and the rest not protected from infection at all. `transmission`: how much less who is infected all the same
    infects. `severity`: how much rarer hospital and death are among the infected. After a mean of `waning_days` the share
    `kept` of the three effects is left. `after` lists the doses (product, rank) it follows; none = the unvaccinated.
    """

    product: str
    dose_rank: int
    mode: str
    infection: F
    transmission: float = 0.0
    severity: float = 0.0
    waning_days: float | None = None
    kept: float = 0.0
    after: tuple[tuple[str, int], ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        return self.product, self.dose_rank


@dataclass(frozen=True, slots=True)
class Order:
    """A supply shared out by order: `tiers` of groups (first tier first); who is in no tier comes last, together."""

    vaccine: tuple[str, int]
    daily: float
    supply: float
    tiers: tuple[tuple[str, ...], ...]
    start: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: factors on contacts by layer, on days `start` to `end`, or while what is watched stays high.

    `watch` is infections (of the last seven days) or hospital (people in hospital now), per 100,000 residents of its
    districts; it starts at `on` and ends below `off`, after `least_days` at the earliest.
    """

    name: str
    factors: dict[str, float]
    districts: tuple[str, ...] = ()
    start: int = 0
    end: int | None = None
    watch: str = ""
    on: float = 0.0
    off: float = 0.0
    least_days: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One question to the model. `people` is (groups, districts); `refusing` are shares by group who take no dose.

    `exposed`, `infectious`, `immune` are the shares on day 0 by group; `arrivals` (days, groups, districts) are residents
    who come home infected; `plan` (days, vaccines, groups, districts) are doses given, `order` a supply shared out.
    `mixing` (districts, districts): share of the contacts of a resident of the row made with residents of the column.
    """

    name: str
    days: int
    groups: tuple[str, ...]
    people: F
    layers: tuple[Layer, ...]
    disease: Disease
    districts: tuple[str, ...] = ("",)
    mixing: F | None = None
    exposed: F | None = None
    infectious: F | None = None
    immune: F | None = None
    refusing: F | None = None
    vaccines: tuple[Vaccine, ...] = ()
    plan: F | None = None
    order: Order | None = None
    arrivals: F | None = None
    measures: tuple[Measure, ...] = ()
    life_years: F | None = None
    method: str = RUNGE_KUTTA
    steps_per_day: int = 1

    def by_group(self, value: F | None) -> F:
        """A vector by group, zero where not given."""
        return np.zeros(len(self.groups)) if value is None else np.asarray(value, np.float64)

    @property
    def contacts(self) -> F:
        """All layers together (groups, groups), without measures."""
        return np.asarray(sum(layer.contacts for layer in self.layers), np.float64)

    def without_vaccine(self) -> "Scenario":
        """The same with no dose given."""
        return replace(self, plan=None, order=None)
