"""Filters and tags of the pages of a person's record: what was typed, and names of countries, organisations, products, proofs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.core import Locale
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from seawall.interfaces.words import either, han, language, say
from seawall.people import selectors as people
from seawall.terms import figures
from seawall.terms.actor import ZH

register = template.Library()


@register.simple_tag(takes_context=True)
def typed(context: Mapping[str, Any], form: str, name: str, stands: Any = "") -> str:
    """What a field holds: what was typed where this form was refused, else what stands."""
    value = context["kept"].get(name, "") if context["form"] == form else stands
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


@register.simple_tag(takes_context=True)
def option(context: Mapping[str, Any], form: str, name: str, value: Any, stands: Any = "") -> SafeString:
    """Attributes of an option: its value, and whether it is the one chosen."""
    chosen = typed(context, form, name, stands) == str(value)
    return format_html('value="{}"{}', value, SafeString(" selected") if chosen else "")


@register.filter
def country(code: str) -> str:
    """A country by its two letters, as the reader calls it."""
    return Locale.parse((get_language() or "en").partition("-")[0]).territories.get(code, code)


@register.filter
def organisation_name(row: Any) -> str:
    """An organisation may have no English name; its Chinese one then says what language it is."""
    return han(row.name_zh) if language() == ZH or not row.name_en else str(row.name_en)


@register.filter
def reason(code: str) -> str:
    """The sentence of a reason without parameters."""
    return say({"code": code, "params": {}})


@register.filter
def vaccine(code: str | None) -> str:
    """The reader's name of a product in a history."""
    if not code:
        return figures.DASH
    names = people.vaccine_name(code)
    return either(*names)


@register.filter
def proof(evidence: str) -> str:
    """What was shown for a dose: the kind of proof in words, and its number."""
    kind, _space, number = evidence.partition(" ")
    row = people.proofs().get(kind)
    return f"{either(row.zh, row.en)} {number}".strip() if row else evidence
