"""Areas of any number of levels with their dated names, successions and cover, from a city's table of areas."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from seawall.platform import sql
from seawall.terms.names import Name

from .. import tables
from ..city import City, named
from ..folders import Line
from ..models import Area, AreaCover, AreaName, AreaSuccession
from .mirror import mirror, upsert

DAY = timedelta(days=1)
Span = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Named:
    """One dated name of an area, parents by their lasting key."""

    origin: str
    level: str
    code: str
    name_zh: str
    name_en: str
    names: Mapping[str, str]
    parent: str
    valid_from: date
    valid_to: date | None
    source: str
    mark: str


def areas_load(city: City) -> None:
    rows = city.table("areas")
    dated = [_named(city, row) for row in rows]
    levels = {n.origin: (n.level, city.depth(n.level), n.level == city.leaf) for n in dated}
    upsert(Area, ("origin", "level", "depth", "leaf"), [(o, *at) for o, at in levels.items()], ("origin",))
    where = {key(r): (float(r["lon"]), float(r["lat"]), _number(r.get("km2"))) for r in rows if r.get("lon")}
    located = [(origin, *levels[origin], *place) for origin, place in where.items()]
    columns = ("origin", "level", "depth", "leaf", "longitude", "latitude", "km2")
    upsert(Area, columns, located, ("origin",))
    ids: dict[str, int] = dict(sql.fetch("SELECT origin, id FROM reference_area"))
    _names(dated, ids)
    _successions(rows, ids)
    cover = [(ids[a], ids[leaf], since, until) for a, leaf, since, until in covers(dated, city.leaf)]
    mirror(AreaCover, ("ancestor", "leaf", "valid_from", "valid_to"), cover, ("ancestor", "leaf", "valid_from"))


def areas_locate(rows: Sequence[tuple[int, float, float]]) -> None:
    """Say where leaves lie, of which the city's table of areas does not: area id, longitude, latitude in degrees."""
    kinds = {"area": "bigint", "lon": "float8", "lat": "float8"}
    sql.execute(
        f"UPDATE reference_area a SET longitude = u.lon, latitude = u.lat FROM {sql.unnest(kinds)} "
        "WHERE a.id = u.area AND a.longitude IS NULL",
        sql.turn(rows, 3),
    )


def key(row: Line) -> str:
    """What an area is known by through all its codes: its own word, or its only code."""
    return row.get("area") or row["code"]


def _named(city: City, row: Line) -> Named:
    since, until = tables.day_from(row["valid_from"]), tables.day(row.get("valid_to") or "")
    name = _spelt(city, row)
    others = {code: text for code in city.languages if code not in {"zh", "en"} and (text := row.get(f"name_{code}"))}
    texts = (name.zh, name.en, others, row["parent"])
    return Named(key(row), row["level"], row["code"], *texts, since, until, row.get("source", ""), row.get("mark", ""))


def _spelt(city: City, row: Line) -> Name:
    """An English name that nobody gave is made by the country's own spelling, where it has one."""
    name = named(row, city.languages)
    spell = next((p.english for p in city.plugs if p.english), None)
    return Name(name.zh, spell(name.zh)) if spell and not row.get("name_en") else name


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _names(dated: list[Named], ids: dict[str, int]) -> None:
    columns = ("area", "code", "name_zh", "name_en", "names", "parent", "valid_from", "valid_to", "source", "mark")
    rows = [
        (ids[n.origin], n.code, n.name_zh, n.name_en, dict(n.names), ids.get(n.parent), n.valid_from, n.valid_to)
        + (n.source, n.mark)
        for n in dated
    ]
    mirror(AreaName, columns, rows, ("area", "valid_from"))


def _successions(rows: list[Line], ids: dict[str, int]) -> None:
    """The day after an area's last, what its row names takes its place."""
    found = [
        (ids[key(r)], ids[after], tables.day_from(r["valid_to"]) + DAY, r.get("source", ""), r.get("mark", ""))
        for r in rows
        for after in (r.get("successor") or "").split(";")
        if after and r.get("valid_to")
    ]
    mirror(AreaSuccession, ("before", "after", "on_day", "source", "mark"), found, ("before", "after"))


def covers(dated: Sequence[Named], leaf_level: str) -> Iterator[tuple[str, str, date, date | None]]:
    """Each leaf below itself and all that it lies in, span by span, with neighbouring spans joined."""
    above: dict[str, list[Named]] = defaultdict(list)
    for n in dated:
        above[n.origin].append(n)
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for leaf in (n for n in dated if n.level == leaf_level):
        spans[leaf.origin, leaf.origin].append((leaf.valid_from, leaf.valid_to))
        for ancestor, span in _up(leaf, (leaf.valid_from, leaf.valid_to), above):
            spans[ancestor, leaf.origin].append(span)
    for (ancestor, origin), parts in spans.items():
        for since, until in _joined(sorted(parts, key=lambda part: part[0])):
            yield ancestor, origin, since, until


def _up(area: Named, span: Span, above: Mapping[str, Sequence[Named]]) -> Iterator[tuple[str, Span]]:
    """What an area lies in during a span, as far as that is there itself."""
    for parent in above.get(area.parent, ()):
        since, until = max(span[0], parent.valid_from), _earlier(span[1], parent.valid_to)
        if until is None or since <= until:
            yield parent.origin, (since, until)
            yield from _up(parent, (since, until), above)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((d for d in (one, other) if d), default=None)


def _joined(parts: list[Span]) -> list[Span]:
    joined = parts[:1]
    for since, until in parts[1:]:
        start, end = joined[-1]
        if end is None or since <= end + DAY:
            joined[-1] = (start, None if end is None or until is None else max(end, until))
        else:
            joined.append((since, until))
    return joined
