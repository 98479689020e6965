"""How pages speak: picks the language, prints figures and says reasons. Registered by each door's own tag library."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeGuard, TypeVar

from django import template
from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation.trans_real import parse_accept_lang_header

from seawall.platform import clock as business
from seawall.reference import selectors as reference
from seawall.terms import figures
from seawall.terms.actor import EN, ZH
from seawall.terms.acts import Params, Refusal
from seawall.terms.names import Name
from seawall.terms.stock import NEVER

from . import formats
from .naming import NAMES

T = TypeVar("T")


class Languages(LocaleMiddleware):
    """A language of the city by the reader's own choice, else by the browser: whoever asks for none of them gets English."""

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(_chosen(request))
        request.LANGUAGE_CODE = translation.get_language()


def offered() -> tuple[str, ...]:
    """The languages of the city in which pages are written, its own first, and English; all of them while no city is loaded."""
    written = {code.partition("-")[0]: code for code, _ in settings.LANGUAGES}
    try:
        spoken = reference.city().languages
    except Error:  # what is asked without a database is answered in any language
        spoken = ()
    return tuple(dict.fromkeys([written[code] for code in spoken or written if code in written] + ["en"]))


def wished(request: HttpRequest) -> tuple[str, ...]:
    """The languages that a reader asks for, best first, of those in which pages are written; "*" for any. Asks no database."""
    written = {code.partition("-")[0]: code for code, _ in settings.LANGUAGES} | {"*": "*"}
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    browser = (written.get(code.partition("-")[0], "") for code, _ in asked)
    return tuple(dict.fromkeys(code for code in (cookie, *browser, "en" if asked else "*") if code in written.values()))


def _chosen(request: HttpRequest) -> str:
    known = offered()
    return next(code for wanted in wished(request) for code in known if wanted in ("*", code))


def other_languages() -> list[tuple[str, str]]:
    """What a reader may change to: codes, and what each language calls itself."""
    names = dict(settings.LANGUAGES)
    return [(code, names[code]) for code in offered() if code != get_language()]


def language() -> str:
    return ZH if (get_language() or ZH).startswith("zh") else EN


def either(zh: str, en: str) -> str:
    """The reader's form of a name in Chinese and English; in a further language of the city, what the city calls it."""
    if language() == ZH:
        return zh
    return reference.city().further.get((get_language() or "").partition("-")[0], {}).get(en, en)


def pick(name: Name | Mapping[str, str] | str | None) -> str:
    """The reader's form of a name that comes in both languages."""
    if not name:
        return ""
    if isinstance(name, str):
        return name
    if isinstance(name, Name):
        return either(name.zh, name.en)
    return either(name["zh"], name["en"])


def say(why: Refusal | Mapping[str, Any] | None) -> str:
    """The sentence of a reason code, with its parameters."""
    return reference.say(*_reason(why), language(), NAMES) if why else ""


def severity(why: Refusal | Mapping[str, Any] | None) -> str:
    return str(reference.reason(_reason(why)[0]).severity) if why else ""


def rule(why: Refusal | Mapping[str, Any] | None) -> str:
    """The rule or document behind a reason."""
    return reference.rule(_reason(why)[0], language()) if why else ""


def _reason(why: Refusal | Mapping[str, Any]) -> tuple[str, Params]:
    """Code and parameters: of a row, or of what a session kept of one."""
    return (why.code, why.params) if isinstance(why, Refusal) else (why["code"], dict(why.get("params") or {}))


HAN = re.compile(r"[\u3400-\u9fff]")


def han(text: str | None) -> str:
    """A name that stays Chinese on an English page, marked so that it is read aloud as Chinese."""
    if not text or language() == ZH or not HAN.search(text):
        return text or ""
    return format_html('<span lang="zh-hans">{}</span>', text)


def _given(value: T | None) -> TypeGuard[T]:
    """A value: neither None nor the empty text that a template gives for a name it does not find."""
    return value is not None and value != ""


def exact(number: float | None, unit: str = "") -> str:
    return formats.number(figures.exact(number, language(), unit)) if _given(number) else figures.DASH


def headline(number: float | None, unit: str = "") -> str:
    return formats.number(figures.headline(number, language(), unit)) if _given(number) else figures.DASH


def signed(number: float | None, unit: str = "") -> str:
    return formats.number(figures.signed(number, language(), unit)) if _given(number) else figures.DASH


def percent(ratio: float | None) -> str:
    return formats.number(figures.percent(ratio)) if _given(ratio) else figures.DASH


def points(difference: float | None) -> str:
    return formats.number(figures.points(difference, language())) if _given(difference) else figures.DASH


def local(value: datetime) -> datetime:
    return value.astimezone(business.zone())


def day(value: date | None, form: str = "") -> str:
    """`form` may hold "weekday" and "short" (without the year)."""
    if not _given(value):
        return figures.DASH
    if value == NEVER:
        return gettext("no expiry")
    if isinstance(value, datetime):
        value = local(value).date()
    weekday, year = "weekday" in form, "short" not in form
    return formats.day(value, weekday=weekday, year=year) or figures.day(value, language(), weekday=weekday, year=year)


def moment(value: datetime | date | None) -> str:
    """2021-05-20 20:00; of a whole day, the day."""
    if not _given(value):
        return figures.DASH
    return figures.moment(local(value)) if isinstance(value, datetime) else day(value)


def clock(value: datetime | None) -> str:
    return f"{local(value):%H:%M}" if _given(value) else figures.DASH


def slot(value: datetime) -> str:
    return figures.slot(local(value))


def left(due: datetime | None, now: datetime) -> str:
    """Countdown and absolute time of a deadline."""
    if due is None:
        return figures.DASH
    span = figures.countdown(due - now, language())
    if due < now:
        return f"超时 {span} · 截止 {clock(due)}" if language() == ZH else f"overdue by {span} · due {clock(due)}"
    return f"还剩 {span} · 截止 {clock(due)}" if language() == ZH else f"{span} left · due {clock(due)}"


def ratio(part: float, whole: float) -> str:
    return formats.number(figures.share(part, whole, language()))


FILTERS: tuple[Callable[..., str], ...] = (
    pick, say, severity, rule, exact, headline, signed, percent, points, day, moment, clock, slot, left, ratio, han,
)  # fmt: skip


def register_words(register: template.Library) -> None:
    """Makes every word above a filter of the library."""
    for words in FILTERS:
        register.filter(words.__name__, words)
    register.filter(
        "offered", lambda code: code in offered()
    )  # whether the city's pages, and so its names, come in a language
    register.filter("get", lambda mapping, key: mapping.get(key) if mapping else None)
