"""Who first: orders of vaccination compared for a given supply, by infections, deaths and years of life averted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from .contacts import basic_reproduction
from .run import ALL, Course, outcome, run
from .scenario import Scenario

COUNTS = ("infections", "resolved", "deaths", "life_years")
Tiers = tuple[tuple[str, ...], ...]


def prioritise(
    scenario: Scenario, orders: Mapping[str, Tiers], supply_shares: Sequence[float], r0: Sequence[float] = ()
) -> pl.DataFrame:
    """One row for each r0, order and supply (share of the people), with what it comes to and what it averts.

    Columns: r0, order, supply_share, doses, then for infections, resolved (infections that ended within the run), deaths
    and life_years the count, `_averted` against no vaccine, and `_averted_share` of the count without. In the manner of
    Bubar et al. 2021 (Science 371:916): the scenario's own daily doses, its vaccine and who refuses hold for all orders.
    The scenario must have an order of its own, which says the vaccine and the pace.
    """
    if scenario.order is None:
        raise ValueError("the scenario shares out no supply")
    rows: list[dict[str, object]] = []
    values: list[float | None] = [*r0] or [None]
    for value in values:
        disease = scenario.disease if value is None else replace(scenario.disease, r0=value, beta=None)
        base = replace(scenario, disease=disease)
        shown = basic_reproduction(base) if value is None else value
        without = _whole(run(base.without_vaccine()))
        for name, tiers in orders.items():
            for share in supply_shares:
                order = replace(scenario.order, tiers=tiers, supply=share * float(scenario.people.sum()))
                found = _whole(run(replace(base, order=order, name=name)))
                row: dict[str, object] = {"r0": shown, "order": name, "supply_share": share, "doses": found["doses"]}
                for count in COUNTS:
                    averted = without[count] - found[count]
                    row[count], row[f"{count}_averted"] = found[count], averted
                    row[f"{count}_averted_share"] = averted / without[count] if without[count] else None
                rows.append(row)
    return pl.DataFrame(rows)


def _whole(result: Course) -> dict[str, float]:
    frame = outcome(result)
    return frame.filter(pl.col("group") == ALL).to_dicts()[0]


def best(table: pl.DataFrame, count: str = "deaths") -> pl.DataFrame:
    """The order that averts most of one count, for each r0 and supply: r0, supply_share, order, averted share, lead.

    `lead` is by how much of the count without vaccine it is ahead of the second; near 0 the choice does not matter.
    """
    value = f"{count}_averted_share"
    ranked = table.sort("r0", "supply_share", value, descending=[False, False, True], maintain_order=True)
    return ranked.group_by("r0", "supply_share", maintain_order=True).agg(
        pl.col("order").first(),
        pl.col(value).first(),
        (pl.col(value).first() - pl.col(value).slice(1, 1).first()).alias("lead"),
    )
