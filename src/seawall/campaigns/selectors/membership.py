"""Who is in which group."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from seawall.people import selectors as people
from seawall.platform import sql

from ..fitting import fit
from .catalogue import groups


def group_frame(code: str) -> pl.DataFrame:
    """Everybody who has a group: person, group."""
    ((persons, groups),) = sql.fetch(
        "SELECT array_agg(person_id ORDER BY person_id), array_agg(group_code ORDER BY person_id) "
        "FROM campaigns_groupassignment WHERE campaign = %s",
        [code],
    )
    return pl.DataFrame(
        {"person": persons or [], "group": groups or []}, schema={"person": pl.Int64, "group": pl.String}
    )


def group_of(person_ids: Iterable[int], code: str, on: date | None = None) -> dict[int, str]:
    """The group of each of these persons who has one; on a day, who came after groups were assigned falls into the one that fits."""
    asked = set(person_ids)
    assigned = dict(
        sql.fetch(
            "SELECT person_id, group_code FROM campaigns_groupassignment WHERE person_id = ANY(%s) AND campaign = %s",
            [sorted(asked), code],
            prepared=True,
        )
    )
    newcomers = sorted(asked - assigned.keys())
    if on is None or not newcomers:
        return assigned
    fitted = fit(people.population_frame(on, newcomers), groups(code), on)
    return assigned | dict(fitted.select("person", "group").iter_rows())


def group_counts(code: str) -> dict[str, int]:
    """People in each group now."""
    return dict(
        sql.fetch(
            "SELECT group_code, count(*) FROM campaigns_groupassignment WHERE campaign = %s GROUP BY group_code", [code]
        )
    )


def group_past(person_id: int, code: str) -> list[tuple[str, date, date | None, str]]:
    """Every group a person has been in: code, first day, last day (none: still), reason."""
    return sql.fetch(
        "SELECT group_code, since, until, reason FROM campaigns_grouppast WHERE person_id = %(p)s AND campaign = %(c)s "
        "UNION ALL SELECT group_code, since, NULL, reason FROM campaigns_groupassignment "
        "WHERE person_id = %(p)s AND campaign = %(c)s ORDER BY since",
        {"p": person_id, "c": code},
    )
