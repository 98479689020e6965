"""Filters and components of console pages."""

import json
from typing import Any
from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from seawall.interfaces.words import language, moment, register_words
from seawall.terms import figures
from seawall.terms.actor import ZH

register = template.Library()
register_words(register)


@register.simple_tag
def fresh_act() -> str:
    """The id of an act that this form may make: sent twice, it is done once."""
    return str(uuid4())


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; decorative, so hidden from readers of the screen."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("seawall/icons.svg"), name
    )


@register.filter
def dumps(value: Any) -> str:
    """JSON for a data attribute."""
    return json.dumps(value, ensure_ascii=False, default=str)


@register.filter
def negative(number: float | None) -> bool:
    return number is not None and number < 0


@register.filter
def step(value: float | None, breaks: list[float]) -> int:
    """1 for the lowest class, one more for each break reached."""
    return 0 if value is None else 1 + sum(value >= edge for edge in breaks)


@register.filter
def minus(value: float, other: float) -> float:
    return value - other


@register.inclusion_tag("console/parts/stamp.html")
def stamp(row: dict[str, Any]) -> dict[str, Any]:
    """As-of time, provisional or final, denominator, late entries."""
    return {"stamp": row}


@register.inclusion_tag("console/parts/owner.html")
def owner(row: dict[str, Any] | None) -> dict[str, Any]:
    """Name, post and telephone of whoever has to move."""
    return {"owner": row}


@register.inclusion_tag("console/parts/tag.html")
def state_tag(state: str, text: str = "", size: str = "") -> dict[str, str]:
    """A state word with its shape; colour is the third signal."""
    return {"state": state, "text": text, "size": size}


@register.filter
def atleast(value: float, other: float) -> float:
    return max(value, other, 1)


@register.filter
def unlocal(value: float) -> str:
    """A number for an attribute, never with separators."""
    return str(value)


@register.filter
def expected(verdict: dict[str, Any]) -> str:
    return figures.estimate(verdict["expected_on"], verdict["expected_low"], verdict["expected_high"], language())


@register.filter
def ahead(row: dict[str, Any]) -> str:
    return figures.ahead(row["gap_days"], row["gap_doses"], language())


@register.filter
def rate(row: dict[str, Any]) -> str:
    return figures.rate(row["events"], row["doses"], language())


@register.filter
def reading(page: dict[str, Any]) -> str:
    """The burn-up as one sentence, its text alternative."""
    row = page["figures"]
    values = {
        "at": moment(page["stamp"]["as_of"]),
        "done": figures.headline(row["done"], language(), "doses"),
        "plan": figures.headline(row["due_by_now"], language(), "doses"),
        "gap": figures.ahead(row["gap_days"], row["gap_doses"], language()),
    }
    return _("%(done)s done by %(at)s against a plan of %(plan)s: %(gap)s.") % values


@register.filter
def plusminus(value: float | None) -> str:
    return figures.DASH if value is None else f"{value:+.1f}".replace("-", "−")


@register.filter
def shade(cell: dict[str, Any]) -> int:
    """Step 0 to 6 of the amounts for a share done."""
    if not cell["due"]:
        return 0
    return 0 if not cell["done"] else 1 + min(5, int(6 * cell["done"] / cell["due"]))


@register.filter
def minutes(value: int) -> int:
    """Minutes without their sign; the words beside say early or late."""
    return abs(value)


COVER_STEPS = ((2, "low"), (4, "thin"), (7, "s2"), (14, "s4"))


@register.filter
def cover_class(days: float | None) -> str:
    """Too little is warm, enough is blue, too much is dark."""
    if days is None:
        return ""
    return next((name for limit, name in COVER_STEPS if days < limit), "s6")


@register.filter
def mask(name: str) -> str:
    """A name as lists show it; names that come masked stay so."""
    return name if "*" in name else figures.masked_name(name)


DUE_STATES = {"due": "attention", "overdue": "stop", "complete": "normal", "not_yet": "normal"}


@register.filter
def due_state(status: str) -> str:
    return DUE_STATES.get(str(status), "closed")


@register.filter
def moved(unit: dict[str, int]) -> int:
    """Planned doses after a policy less those before it."""
    return unit["first_after"] + unit["later_after"] - unit["first_before"] - unit["later_before"]


@register.filter
def named(row: Any) -> str:
    """The reader's name of a row with both."""
    return str(row.name_zh if language() == ZH else row.name_en)


@register.filter
def zh_en(row: Any) -> str:
    """The reader's sentence of a table row with both."""
    return str(row.zh if language() == ZH else row.en)


@register.filter
def fine_percent(ratio: float) -> str:
    """A small share with the decimals that it needs: 0.05%."""
    return f"{100 * ratio:.3g}%"
