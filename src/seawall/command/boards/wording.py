"""Words of a plan and of reasons as pages print them: names for codes, days as a reader says them."""

import re
from collections.abc import Mapping
from datetime import date

from seawall.reference import selectors as reference
from seawall.terms import figures
from seawall.terms.actor import EN, ZH
from seawall.terms.acts import Params
from seawall.terms.names import Name

ISO = re.compile(r"\d{4}-\d\d-\d\d")
GROUPS = {"KEY": Name("重点人群", "key groups")}
MEASURES = {"COMPLETE": Name("全程接种", "complete series"), "STARTED": Name("至少一剂", "at least one dose")}

MEASURED = {
    "doses": Name("剂", "doses"),
    "persons": Name("人", "persons"),
    "stations": Name("个接种台", "stations"),
    "vaccinators": Name("名接种员", "vaccinators"),
    "doses a day": Name("剂/天", "doses a day"),
    "days": Name("天", "days"),
}


def readable(params: Params, on: date, language: str) -> Params:
    """Parameters of a plan's sentence with names for codes: the unit, the product, what a target counts; days in words."""
    names = {u.code: u.name(language) for u in reference.units(on)}
    out = {key: _dated(value, language) for key, value in params.items()}
    products = {row.code: row.name(language) for row in reference.products(on)}
    if str(out.get("product")) in products:
        out["product"] = products[str(out["product"])]
    if str(out.get("unit")) in names:
        out["unit"] = names[str(out["unit"])]
    measure, _, group = str(out.get("target", "")).partition("_")
    if measure in MEASURES:
        words = MEASURES[measure].said(language)
        who = GROUPS.get(group, Name.code(group)).said(language)
        out["target"] = words if group == "ALL" else f"{words} ({who})"
    return out


def _dated(value: str | int | float | bool | None, language: str) -> str | int | float | bool | None:
    """A day in ISO form as a reader says it; anything else as it is."""
    try:
        return figures.day(date.fromisoformat(value), language, year=False) if isinstance(value, str) else value
    except ValueError:
        return value


def remedy_of(found: Mapping[str, object]) -> Name:
    """What the plan says would free it, in both languages, its days in words."""
    english = str(found.get("remedy_en") or found.get("remedy") or "")
    return Name(_days_said(str(found.get("remedy_zh") or english), ZH), _days_said(english, EN))


def _days_said(text: str, language: str) -> str:
    return ISO.sub(lambda found: str(_dated(found.group(), language)), text)


def code_name(code: str) -> Name:
    """Names of a code that the reason registry knows, for lists of reasons; the code itself where it does not."""
    return Name(reference.say(code, {}, ZH), reference.say(code, {}, EN))
