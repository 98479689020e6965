"""What must hold in a scenario as a whole, whatever it was read from; every breach is a finding with its key."""

import numpy as np

from ..tables import Findings, Mistakes
from .reading import SENTENCES
from .scenario import EULER, Scenario


def check(scenario: Scenario, findings: Findings | None = None, file: str = "", at: str = "") -> None:
    """Notes every breach in `findings`; without one, raises Mistakes when anything is wrong."""
    own = Findings(SENTENCES) if findings is None else findings
    _shapes(scenario, own, file, at)
    if not own.found:
        _shares(scenario, own, file, at)
        _rates(scenario, own, file, at)
        _doses(scenario, own, file, at)
    if findings is None and own.found:
        raise Mistakes(own.found)


def _shapes(scenario: Scenario, findings: Findings, file: str, at: str) -> None:
    groups, districts = len(scenario.groups), len(scenario.districts)
    if scenario.people.shape != (groups, districts) or not np.isfinite(scenario.people).all():
        findings.add(file, 0, f"{at}population", scenario.people.shape, "size", groups)
    elif (scenario.people < 0).any():
        findings.add(file, 0, f"{at}population", scenario.people.min(), "not_negative")
    elif scenario.people.sum() <= 0:
        findings.add(file, 0, f"{at}population", 0, "nobody")
    if scenario.days < 1:
        findings.add(file, 0, f"{at}scenario.days", scenario.days, "ends_before", scenario.days)
    for layer in scenario.layers:
        if layer.contacts.shape != (groups, groups):
            shown = " × ".join(map(str, layer.contacts.shape))
            findings.add(file, 0, f"{at}layer.{layer.name}", shown, "size", groups)
        elif not np.isfinite(layer.contacts).all() or (layer.contacts < 0).any():
            findings.add(file, 0, f"{at}layer.{layer.name}", np.nanmin(layer.contacts), "negative_contacts")
    if not any(layer.contacts.any() for layer in scenario.layers):
        findings.add(file, 0, f"{at}layer", "", "no_contacts")
    for name in ("susceptibility", "fatality", "hospitalisation"):
        vector = getattr(scenario.disease, name)
        if vector.shape != (groups,):
            findings.add(file, 0, f"{at}disease.{name}", vector.shape, "by_group", groups)
        elif (vector < 0).any() or not np.isfinite(vector).all():
            findings.add(file, 0, f"{at}disease.{name}", np.nanmin(vector), "not_negative")


def _shares(scenario: Scenario, findings: Findings, file: str, at: str) -> None:
    """Shares of day 0, refusing, hospital and death, and where contacts are made."""
    start = sum(scenario.by_group(v) for v in (scenario.exposed, scenario.infectious, scenario.immune))
    if np.max(start) > 1.0 + 1e-12:
        findings.add(file, 0, f"{at}start", float(np.max(start)), "too_many_states", f"{np.max(start):.6g}")
    disease = scenario.disease
    for name in ("fatality", "hospitalisation"):
        if (getattr(disease, name) > 1).any():
            findings.add(file, 0, f"{at}disease.{name}", float(getattr(disease, name).max()), "share")
    less = (disease.hospitalisation > 0) & (disease.hospitalisation < disease.fatality)
    for place in np.flatnonzero(less):
        value = float(disease.hospitalisation[place])
        findings.add(file, 0, f"{at}disease.hospitalisation", value, "hospital_less", scenario.groups[place])
    if scenario.mixing is not None:
        for row, total in enumerate(np.asarray(scenario.mixing).sum(axis=1)):
            if abs(total - 1.0) > 1e-6:
                findings.add(file, row + 1, f"{at}population.mixing", float(total), "row_sum", f"{total:.6g}")


def _rates(scenario: Scenario, findings: Findings, file: str, at: str) -> None:
    disease = scenario.disease
    for name in ("incubation_days", "infectious_days", "hospital_days"):
        if not np.isfinite(value := getattr(disease, name)) or value < 0 or (value == 0 and name != "incubation_days"):
            findings.add(file, 0, f"{at}disease.{name}", value, "positive")
    if (disease.r0 is None) == (disease.beta is None):
        findings.add(file, 0, f"{at}disease.r0", "", "one_of_two", "r0, beta")
    if scenario.method == EULER:
        stays = [disease.incubation_days, disease.infectious_days, disease.hospital_days]
        stays += [v.waning_days for v in scenario.vaccines if v.waning_days]
        if any(0 < stay * scenario.steps_per_day < 1 for stay in stays):
            findings.add(file, 0, f"{at}scenario.steps_per_day", scenario.steps_per_day, "steps")
    infected = scenario.by_group(scenario.exposed) + scenario.by_group(scenario.infectious)
    if not infected.any() and (scenario.arrivals is None or not scenario.arrivals.any()):
        findings.add(file, 0, f"{at}start.infectious", "", "no_epidemic")


def _doses(scenario: Scenario, findings: Findings, file: str, at: str) -> None:
    """No more first doses than willing people, no later dose without an earlier; no supply above the population."""
    willing = scenario.people * (1.0 - scenario.by_group(scenario.refusing))[:, None]
    if scenario.plan is not None:
        given = scenario.plan.sum(axis=0)
        keys = [v.key for v in scenario.vaccines]
        first = sum((given[k] for k, v in enumerate(scenario.vaccines) if not v.after), np.zeros(willing.shape))
        _more(scenario, findings, file, f"{at}rollout.file", np.asarray(first), willing, "")
        for k, vaccine in enumerate(scenario.vaccines):
            if vaccine.after:
                earlier = sum((given[keys.index(key)] for key in vaccine.after if key in keys), np.zeros(willing.shape))
                name = f"{vaccine.product}:{vaccine.dose_rank} "
                _more(scenario, findings, file, f"{at}rollout.file", given[k], np.asarray(earlier), name)
    if scenario.order is not None and scenario.order.supply > scenario.people.sum() * (1 + 1e-9):
        shown = f"{scenario.order.supply:,.0f} > {scenario.people.sum():,.0f}"
        findings.add(file, 0, f"{at}rollout.supply", scenario.order.supply, "too_large_supply", shown)
    for place, vaccine in enumerate(scenario.vaccines, 1):
        outside = (vaccine.infection < 0) | (vaccine.infection > 1)
        if outside.any() or vaccine.infection.shape != (len(scenario.groups),):
            findings.add(file, 0, f"{at}vaccine.{place}.infection", vaccine.infection.tolist(), "share")
        for name in ("transmission", "severity", "kept"):
            if not 0 <= getattr(vaccine, name) <= 1:
                findings.add(file, 0, f"{at}vaccine.{place}.{name}", getattr(vaccine, name), "share")


def _more(
    scenario: Scenario, findings: Findings, file: str, key: str, given: np.ndarray, most: np.ndarray, name: str
) -> None:
    for group, district in np.argwhere(given > most * (1 + 1e-9) + 1e-6):
        where = " ".join(filter(None, [name.strip(), scenario.districts[district], scenario.groups[group]]))
        shown = f"{where} {given[group, district]:,.0f} > {most[group, district]:,.0f}"
        findings.add(file, 0, key, "", "too_many_doses", shown)
