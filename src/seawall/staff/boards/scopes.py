"""What a post can cover, by name: what a form offers, and the code or number behind a name that was typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.acts import Refused
from seawall.terms.codes import PlaceKind
from seawall.terms.names import Name


@dataclass(frozen=True, slots=True)
class Choices:
    """Areas above the leaves, units and sites: each a code or number with its name. Leaves are typed."""

    areas: tuple[tuple[str, Name], ...]
    units: tuple[tuple[str, Name], ...]
    sites: tuple[tuple[str, Name], ...]


def scope_choices() -> Choices:
    on = clock.today()
    return Choices(
        tuple((a.code, Name.of(a)) for a in reference.branches(on)),
        tuple((u.code, Name.of(u)) for u in reference.units(on, None)),
        tuple((str(s.place_id), Name.of(s)) for s in reference.places([PlaceKind.SITE])),
    )


def scope_code(kind: str, typed: str) -> str:
    """The code (area, unit) or number (site) of what was typed: that itself, or a name in any language that only one has."""
    on, text = clock.today(), typed.strip()
    rows: dict[str, set[str]] = {}
    if kind == "area":
        rows = {a.code: {a.code, a.name_zh, a.name_en, *a.names.values()} for a in reference.areas(on)}
    elif kind == "unit":
        rows = {u.code: {u.code, u.name_zh, u.name_en} for u in reference.units(on, None)}
    elif kind == "site":
        rows = {
            str(s.place_id): {str(s.place_id), s.code, s.name_zh, s.name_en} for s in reference.places([PlaceKind.SITE])
        }
    else:
        return text
    found = [code for code, answers in rows.items() if text in answers]
    if len(found) != 1:
        raise Refused("SCOPE_UNKNOWN", kind=kind, ref=text[:40])
    return found[0]


def names(wanted: Iterable[tuple[str, str]], on: date) -> dict[tuple[str, str], Name]:
    """Names of the areas, units and sites among pairs of kind and code or number."""
    refs: dict[str, set[str]] = {}
    for kind, ref in wanted:
        refs.setdefault(kind, set()).add(ref)
    sites = reference.places(place_ids=[int(ref) for ref in refs.get("site", ())]) if "site" in refs else []
    found = {("site", str(p.place_id)): Name.of(p) for p in sites}
    if "unit" in refs:
        found |= {("unit", u.code): Name.of(u) for u in reference.units(on, None)}
    areas = ((ref, reference.area_by_code(ref, on)) for ref in refs.get("area", ()))
    return found | {("area", ref): Name.of(area) for ref, area in areas if area}
