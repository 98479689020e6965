"""What the rows of a file are compared with: streets, reach, who is registered, products, and what is on record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from seawall.platform import clock, secrets, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor

from ..identity import Checked, check
from ..judging import vaccines
from ..reach import visible
from ..staging.checks import Holder, Surroundings
from ..staging.columns import both
from ..staging.histories import Line, Programme, Records
from ..staging.places import places
from ..staging.rules import Row
from ..staging.values import key
from .due import IN_FORCE, MEMBERS
from .persons import may_place

HOLDERS = """
SELECT d.kind, d.country, d.number_index, p.id, p.name, p.birth FROM people_document d
JOIN people_person i ON i.id = d.person_id JOIN people_person p ON p.id = COALESCE(i.merged_into, i.id)
WHERE d.number_index = ANY(%s) AND NOT d.disowned
"""
KNOWN = f"""
SELECT m.root, d.given_on, d.precision, COALESCE(d.product, ''), COALESCE(d.lot, ''), d.act::text, d.source
FROM ({MEMBERS}) m JOIN people_doseevent d ON d.person_id = m.member
WHERE d.programme = %(programme)s AND {IN_FORCE} ORDER BY m.root, d.given_on, d.act
"""


def of_roster(actor: Actor, rows: Sequence[Row], organisation_id: int | None, leaf_id: int | None) -> Surroundings:
    """For persons: who commits an organisation's file may place anybody who belongs to it."""
    on = clock.today()
    areas = reference.areas(on)
    names = {a.area_id: both(a.name_zh, a.name_en) for a in areas}

    def mine(leaf: int) -> bool:
        return organisation_id is not None or may_place(actor, leaf, None)

    return Surroundings(on, places(areas), leaf_id, mine, names.__getitem__, _holders(actor, rows))


def of_history(actor: Actor, rows: Sequence[Row], programme: str) -> Records:
    """For doses: the programme as its tables state it, and the lines on record of those whom the file names."""
    holders = _holders(actor, rows)
    known = _known([h.person_id for h in holders.values()], programme)
    return Records(clock.today(), _programme(programme), holders, known)


def _programme(name: str) -> Programme:
    ways: dict[str, str] = {}
    dated: dict[str, list[date | None]] = {}
    own: set[str] = set()
    for v in vaccines(name):
        codes = [f"CVX:{cvx}" for cvx in v.cvx.split("|") if cvx]
        written = (v.product, v.name_zh, v.name_en, *codes, f"CN:{v.cn}" if v.cn else "")
        for way in filter(None, written):
            ways.setdefault(key(way), v.product)
        if v.own:
            own.add(v.product)
            dated.setdefault(v.product, []).append(v.since)
    for way, product in reference.product_words().items():
        if product in own:
            ways.setdefault(key(way), product)
    since = {product: min(d for d in days if d) for product, days in dated.items() if all(days)}
    begins = min(since.values()) if since and len(since) == len(dated) else None
    return Programme(name, ways, since, begins)


def _holders(actor: Actor, rows: Iterable[Row]) -> dict[tuple[str, str, str], Holder]:
    """Who is registered under the numbers of a file, by kind, country and number."""
    checked = [
        check(
            r.clean.get("document_kind") or reference.usual_document(),
            r.clean["document_number"],
            r.clean.get("country", ""),
        )
        for r in rows
        if r.clean.get("document_number")
    ]
    lookups = {secrets.keyed_index(c.lookup): c.lookup for c in checked if isinstance(c, Checked)}
    indexes = secrets.indexes(lookups.values())
    found = sql.fetch(HOLDERS, [list(indexes)])
    seen = visible(actor, [person for *_, person, _name, _birth in found])
    return {
        (kind, country, lookups[indexes[bytes(index)]]): Holder(person, name, birth, person in seen)
        for kind, country, index, person, name, birth in found
    }


def _known(person_ids: Sequence[int], programme: str) -> Mapping[int, Sequence[Line]]:
    lines: dict[int, list[Line]] = {}
    for root, given_on, precision, product, lot, act, source in sql.fetch(
        KNOWN, {"ids": sorted(set(person_ids)), "programme": programme}
    ):
        lines.setdefault(root, []).append(Line(given_on, precision, product, lot, act=act, source=source))
    return lines
