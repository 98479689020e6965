"""Filters and components of console pages."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from seawall.campaigns.boards.streets import StreetGroup
from seawall.command.selectors import CityFigures, CommandBoard, Measure, TargetVerdict
from seawall.interfaces import choices, flashes
from seawall.interfaces.console import paint
from seawall.interfaces.console.charts import Chart
from seawall.interfaces.console.page import FLASH
from seawall.interfaces.items import words as field_words
from seawall.interfaces.words import day, either, language, moment, pick, register_words, say
from seawall.safety.boards import SafetyStrip
from seawall.staff.selectors import Owner
from seawall.terms import figures
from seawall.terms.acts import Refusal
from seawall.terms.closings import Stamp

register = template.Library()
register_words(register)


@register.simple_tag
def fresh_act() -> str:
    """The id of an act that this form may make: sent twice, it is done once."""
    return str(uuid4())


@register.simple_tag(takes_context=True)
def said_once(context: Mapping[str, Any]) -> flashes.Flash | None:
    """The sentence kept for the next page, which this is."""
    return flashes.taken(context["request"], FLASH)


@register.simple_tag
def refusal_of(act: Any) -> str:
    """The sentence with which an act of the journal was refused."""
    params = json.loads(act.answer) if isinstance(act.answer, str) else act.answer
    return say(Refusal(act.refusal, params or {}))


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
def chosen(value: str, name: str) -> str:
    """What a value of a closed list is called."""
    return choices.word(name, value)


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
def stamp(row: Stamp) -> dict[str, Stamp]:
    """As-of time, provisional or final, denominator, late entries."""
    return {"stamp": row}


@register.inclusion_tag("console/parts/owner.html")
def owner(row: Owner | None) -> dict[str, Owner | None]:
    """Name, post and telephone of whoever has to move."""
    return {"owner": row}


@register.inclusion_tag("console/parts/tag.html")
def state_tag(state: str, text: str = "", size: str = "") -> dict[str, str]:
    """A state word with its shape; colour is the third signal."""
    return {"state": state, "text": text, "size": size}


@register.inclusion_tag("console/parts/chart.html")
def chart(chart: Chart, name: str, said: str, size: str = "") -> dict[str, Any]:
    """A chart with its sentence, key and table; `name` is the id of its data on the page, `size` one of low, mapbox, tall."""
    return {"chart": chart, "name": name, "said": said, "size": size}


@register.filter
def cell(value: Any) -> SafeString | str:
    """A value of a chart's table: days as the reader writes them, numbers with separators, nothing as a dash."""
    if value is None:
        return figures.DASH
    if isinstance(value, date):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), day(value, "short"))
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.2f}".rstrip("0")
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


@register.filter
def gap_class(points: float, measure: Measure) -> str:
    """The map's own class of a gap, so that table and map show one value in one colour."""
    return paint.css_class("value", points, measure)


@register.filter
def atleast(value: float, other: float) -> float:
    return max(value, other, 1)


@register.filter
def unlocal(value: float) -> str:
    """A number for an attribute, never with separators."""
    return str(value)


@register.filter
def expected(verdict: TargetVerdict) -> str:
    on = verdict.expected_on
    return figures.estimate(on, verdict.expected_low, verdict.expected_high, language()) if on else figures.DASH


@register.filter
def ahead(row: CityFigures) -> str:
    return figures.ahead(row.gap_days, row.gap_doses, language())


@register.filter
def rate(row: SafetyStrip) -> str:
    return figures.rate(row.events, row.doses, language())


@register.filter
def reading(page: CommandBoard) -> str:
    """The burn-up as one sentence, its text alternative."""
    row = page.figures
    values = {
        "at": moment(page.stamp.as_of),
        "done": figures.headline(row.done, language(), "doses"),
        "plan": figures.headline(row.due_by_now, language(), "doses"),
        "gap": figures.ahead(row.gap_days, row.gap_doses, language()),
    }
    return _("%(done)s done by %(at)s against a plan of %(plan)s: %(gap)s.") % values


@register.filter
def plusminus(value: float | None) -> str:
    return figures.DASH if value is None else f"{value:+.1f}".replace("-", "−")


@register.filter
def shade(cell: StreetGroup) -> int:
    """Step 0 to 6 of the amounts for a share done."""
    if not cell.due:
        return 0
    return 0 if not cell.done else 1 + min(5, int(6 * cell.done / cell.due))


@register.filter
def money(hundredths: int) -> str:
    """An amount as people write it; the currency is the city's."""
    return f"{hundredths / 100:,.2f}"


@register.filter
def minutes(value: int) -> int:
    """Minutes without their sign; the words beside say early or late."""
    return abs(value)


@register.filter
def cover_class(days: float | None) -> str:
    return "" if days is None else paint.cover_look(days)[0]


@register.filter
def mask(name: str) -> str:
    """A name as lists show it; names that come masked stay so."""
    return name if "*" in name else figures.masked_name(name)


DUE_STATES = {"due": "attention", "overdue": "stop", "complete": "normal", "not_yet": "normal"}


@register.filter
def due_state(status: str) -> str:
    return DUE_STATES.get(str(status), "closed")


@register.filter
def named(row: Any) -> str:
    """The reader's name of a row with both."""
    return either(row.name_zh, row.name_en)


@register.filter
def named_or(row: Any, otherwise: str) -> str:
    """The reader's name of a row, or the code where no row is known."""
    return named(row) if row else otherwise


@register.filter
def zh_en(row: Any) -> str:
    """The reader's sentence of a table row with both."""
    return either(row.zh, row.en)


@register.filter
def fine_percent(ratio: float) -> str:
    """A small share with the decimals that it needs: 0.05%."""
    return f"{100 * ratio:.3g}%"


@register.filter
def at(row: Any, place: int) -> Any:
    """One cell of a row."""
    return row[place]


@register.filter
def field_word(name: str) -> str:
    """What a field of an answer is called; one without words says its name."""
    row = field_words().get(("", name))
    return pick(row) if row else name


@register.filter
def unit_word(unit: str) -> str:
    """A unit of a field as the reader says it."""
    return choices.word("unit", unit)


@register.filter
def typed_of(count: UUID, typed: Mapping[str, str]) -> Mapping[str, str]:
    """What was typed on the form of this difference; nothing on those beside it."""
    return typed if typed["count"] == str(count) else dict.fromkeys(typed, "")


@register.filter
def typed_for(shipment: UUID, typed: Mapping[str, str]) -> Mapping[str, str]:
    """What was typed on the form of this shipment where it was refused; nothing on those beside it."""
    return typed if typed["shipment"] == str(shipment) else dict.fromkeys(typed, "")
