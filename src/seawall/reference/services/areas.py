"""Areas with their dated names, successions and cover, from the table of divisions and the national list of streets."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from seawall.platform import sql

from .. import naming, tables
from ..models import Area, AreaCover, AreaName, AreaSuccession
from .mirror import mirror, upsert

LIST_CUT_OFF = date(2023, 6, 30)
DAY = timedelta(days=1)
KEPT = "(infer) code kept until the new one is published"


@dataclass(frozen=True, slots=True)
class Named:
    """One dated name of an area, parents by origin."""

    origin: str
    level: str
    code: str
    name_zh: str
    name_en: str
    parent: str
    valid_from: date
    valid_to: date | None
    source: str
    mark: str


def areas_load() -> None:
    divisions = [_division(r) for r in tables.read("divisions")]
    named = [*divisions, *_streets(divisions)]
    centres, current = tables.centres(), {n.origin: n.code for n in divisions if _holds(n, LIST_CUT_OFF)}
    where = {origin: centres.get(code) for origin, code in current.items()}
    levels = {n.origin: n.level for n in named}
    upsert(Area, ("origin", "level"), list(levels.items()), ("origin",))
    located = [(origin, levels[origin], *place) for origin, place in where.items() if place]
    upsert(Area, ("origin", "level", "longitude", "latitude", "km2"), located, ("origin",))
    ids: dict[str, int] = dict(sql.fetch("SELECT origin, id FROM reference_area"))
    _names(named, ids)
    _successions(ids)
    cover = [(ids[a], ids[leaf], since, until) for a, leaf, since, until in _cover(named)]
    mirror(AreaCover, ("ancestor", "leaf", "valid_from", "valid_to"), cover, ("ancestor", "leaf", "valid_from"))


def areas_locate(rows: Sequence[tuple[int, float, float]]) -> None:
    """Say where streets lie: area id, longitude, latitude in degrees. No national list has it; a city's own map does."""
    kinds = {"area": "bigint", "lon": "float8", "lat": "float8"}
    sql.execute(
        f"UPDATE reference_area a SET longitude = u.lon, latitude = u.lat FROM {sql.unnest(kinds)} WHERE a.id = u.area",
        sql.turn(rows, 3),
    )


def _division(row: tables.Line) -> Named:
    since, until = tables.day_from(row["valid_from"]), tables.day(row["valid_to"])
    names = row["code"], row["name_zh"], row["name_en"]
    return Named(row["origin"], row["level"], *names, row["parent"], since, until, row["source"], row["mark"])


def _holds(named: Named, on: date) -> bool:
    return named.valid_from <= on and (named.valid_to is None or on <= named.valid_to)


def _streets(divisions: list[Named]) -> Iterator[Named]:
    """Streets as listed, from the day their district has its present code; they follow their district when it gives way."""
    listed = tables.divisions()
    current = {n.code: n for n in divisions if n.level == "district" and _holds(n, LIST_CUT_OFF)}
    if {code: n.name_zh for code, n in current.items()} != listed.areas:
        raise ValueError("tables/divisions.csv and the national list of the build name different districts")
    heirs = {r["before"]: (r["after"], tables.day_from(r["on_day"])) for r in tables.read("successions")}
    for street in listed.streets:
        home = current[street.area]
        texts = (f"street/{street.code}", "street", street.code, street.name, naming.street_name(street.name))
        yield Named(*texts, home.origin, home.valid_from, home.valid_to, listed.source, "start (infer)")
        if home.valid_to and home.origin in heirs:
            heir, on = heirs[home.origin]
            yield Named(*texts, heir, on, None, listed.source, KEPT)


def _names(named: list[Named], ids: dict[str, int]) -> None:
    columns = ("area", "code", "name_zh", "name_en", "parent", "valid_from", "valid_to", "source", "mark")
    rows = [
        (ids[n.origin], n.code, n.name_zh, n.name_en, ids.get(n.parent), n.valid_from, n.valid_to, n.source, n.mark)
        for n in named
    ]
    mirror(AreaName, columns, rows, ("area", "valid_from"))


def _successions(ids: dict[str, int]) -> None:
    rows = [
        (ids[r["before"]], ids[r["after"]], tables.day_from(r["on_day"]), r["source"], r["mark"])
        for r in tables.read("successions")
    ]
    mirror(AreaSuccession, ("before", "after", "on_day", "source", "mark"), rows, ("before", "after"))


def _cover(named: list[Named]) -> Iterator[tuple[str, str, date, date | None]]:
    """Each leaf below itself, its district and its city, with neighbouring spans joined."""
    above: dict[str, list[Named]] = defaultdict(list)
    for n in named:
        above[n.origin].append(n)
    spans: dict[tuple[str, str], list[tuple[date, date | None]]] = defaultdict(list)
    for leaf in (n for n in named if n.level == "street"):
        for ancestor in (leaf.origin, leaf.parent, *{p.parent for p in above[leaf.parent]}):
            spans[ancestor, leaf.origin].append((leaf.valid_from, leaf.valid_to))
    for (ancestor, origin), parts in spans.items():
        for since, until in _joined(sorted(parts, key=lambda part: part[0])):
            yield ancestor, origin, since, until


def _joined(parts: list[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    joined = parts[:1]
    for since, until in parts[1:]:
        start, end = joined[-1]
        if end is not None and since <= end + DAY:
            joined[-1] = (start, until)
        else:
            joined.append((since, until))
    return joined
