"""Filters and components of portal pages."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from seawall.interfaces.words import register_words

register = template.Library()
register_words(register)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; decorative."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("seawall/icons.svg"), name
    )


@register.filter
def unlocal(value: float) -> str:
    """A number for an attribute, never with separators."""
    return str(value)


@register.filter
def iso(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else ""
