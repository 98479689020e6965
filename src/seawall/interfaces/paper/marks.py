"""Filters of the printed dispatch: figures and names in the reader's language, safe in HTML and in Markdown tables."""

from typing import Any

from django import template

from seawall.interfaces import words
from seawall.terms import figures

register = template.Library()
for name in ("pick", "exact", "percent", "signed"):
    register.filter(name, getattr(words, name))


@register.filter
def days(value: float | None) -> str:
    return figures.DASH if value is None else f"{value:.1f}"


@register.filter
def of(part: float, whole: float) -> str:
    return figures.share(part, whole, words.language())


@register.filter
def cell(text: Any) -> str:
    """A text that stays within its cell of a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ")
