"""Households in an actor's reach, found by their address or by who lives there."""

from dataclasses import dataclass

from seawall.platform import sql
from seawall.terms.actor import Actor

from .persons import search

HOUSEHOLD = "SELECT h.id, h.leaf_id, h.address FROM people_household h"
OF_PERSONS = "h.id IN (SELECT p.household_id FROM people_person p WHERE p.id = ANY(%s))"
IN_REACH = "(h.leaf_id = ANY(%s) OR h.id = ANY(%s))"


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """People who live together: their number, their leaf area and their address."""

    household_id: int
    leaf_id: int
    address: str


def households(actor: Actor, text: str, most: int) -> list[HouseholdRow]:
    """By the name or document of a person who lives there; by a part of the address inside the actor's own areas."""
    reach, persons = actor.reach, [row.person_id for row in search(actor, text, "act")]
    rows = sql.fetch(
        f"{HOUSEHOLD} WHERE {OF_PERSONS} OR {IN_REACH} AND h.address ILIKE %s ORDER BY h.id LIMIT %s",
        [persons, sorted(reach.leaves), sorted(reach.households), f"%{sql.like(text)}%", most],
    )
    return [HouseholdRow(*row) for row in rows]


def household(actor: Actor, household_id: int) -> HouseholdRow | None:
    """One by its number; none outside the actor's reach."""
    rows = sql.fetch(
        f"{HOUSEHOLD} WHERE h.id = %s AND (%s OR {IN_REACH})",
        [household_id, actor.reach.everywhere, sorted(actor.reach.leaves), sorted(actor.reach.households)],
    )
    return HouseholdRow(*rows[0]) if rows else None
