"""Numbers and days as the city writes them in a language: CLDR's forms of the locale that its folder names."""

import re
from datetime import date

from babel.core import Locale
from babel.dates import format_date, format_skeleton
from django.db import Error
from django.utils.translation import get_language

from seawall.reference import selectors as reference

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
SKELETONS = {
    (True, True): "yMMMEd",
    (True, False): "MMMEd",
    (False, True): "yMMMd",
    (False, False): "MMMd",
}  # weekday, year


def _format() -> reference.Format | None:
    """That of the reader's language, if the city names one."""
    try:
        return reference.city().formats.get((get_language() or "").partition("-")[0])
    except Error:  # what is asked without a database is written as anywhere
        return None


def number(text: str) -> str:
    """A figure as it stands in English, with the separators of the reader's language."""
    form = _format()
    if form is None:
        return text
    symbols = Locale.parse(form.locale).number_symbols["latn"]
    marks = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})
    return NUMBER.sub(lambda found: found[0].translate(marks), text)


def day(value: date, *, weekday: bool, year: bool) -> str | None:
    """A day in the reader's language; None where the city says nothing of it."""
    form = _format()
    if form is None:
        return None
    if form.day and year and not weekday:
        return str(format_date(value, form.day, locale=form.locale))
    return str(format_skeleton(SKELETONS[weekday, year], value, locale=form.locale))
