"""Shapes that every page shares: names in both languages, reasons, owners, stamps, units of the day."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.staff import selectors as staff
from seawall.terms.actor import EN, ZH
from seawall.terms.acts import Params, Refusal

Shape = dict[str, Any]


def name(row: Any) -> Shape:
    """Both names of anything that has `name_zh` and `name_en`."""
    return {"zh": row.name_zh, "en": row.name_en}


def both(zh: str, en: str) -> Shape:
    return {"zh": zh, "en": en}


def why(code: str, params: Params | None = None) -> Shape:
    return {"code": code, "params": dict(params or {})}


MEASURES = {"COMPLETE": ("全程接种", "complete series"), "STARTED": ("至少一剂", "at least one dose")}


def readable(params: Params, on: date, language: str) -> Params:
    """Parameters of a plan's sentence with names for codes: the unit, and what a target counts."""
    names = {u.code: u.name_zh if language == ZH else u.name_en for u in reference.units(on)}
    out = dict(params)
    if str(out.get("unit")) in names:
        out["unit"] = names[str(out["unit"])]
    measure, _, group = str(out.get("target", "")).partition("_")
    if measure in MEASURES:
        words = MEASURES[measure][language != ZH]
        out["target"] = words if group == "ALL" else f"{words} ({group})"
    return out


def said(reason: Refusal) -> Shape:
    """A reason as pages take it."""
    return why(reason.code, reason.params)


def code_name(code: str) -> Shape:
    """Names of a code that the reason registry knows, for lists of reasons; the code itself where it does not."""
    return both(reference.say(code, {}, ZH), reference.say(code, {}, EN))


def owner(post_id: int | None) -> Shape | None:
    """Who answers: name, post, telephone."""
    post = staff.post(post_id) if post_id else None
    return dict(post.owner) if post else None


def unit_owners(on: date) -> dict[str, Shape]:
    """The first responsible person (首责人) of each unit, by unit code."""
    rows = staff.posts(role="FIRST_RESPONSIBLE", on=on)
    return {code: dict(row.owner) for row in rows for code in row.refs("unit")}


def stamp(day: date, denominator: Shape | None = None, *, live: bool = False) -> Shape:
    """As-of time, provisional or final, denominator, late entries of the closing shown."""
    if live:
        return {"as_of": clock.now(), "state": "live", "denominator": denominator, "late": 0}
    closing = reports.closing_times(day)
    closed: datetime | None = closing["closed_at"]
    state = "final" if closed else "provisional"
    return {"as_of": closed or clock.now(), "state": state, "denominator": denominator, "late": closing["late"]}


def product_names(on: date) -> dict[str, Shape]:
    """Short names of products by code."""
    return {row.code: name(row) for row in reference.products(on)}


def place_names(place_ids: Iterable[int] | None = None) -> dict[int, Shape]:
    return {row.place_id: name(row) for row in reference.places(place_ids=place_ids)}


def age_on(birth: date, on: date) -> int:
    """Completed years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def cell(value: float | None, *, reported: bool = True) -> str:
    """State of a figure: not reported is never zero."""
    if not reported or value is None:
        return "not_reported"
    return "zero" if value == 0 else "value"


def share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def total(rows: Iterable[Mapping[str, int]], key: str) -> int:
    return sum(row[key] for row in rows)
