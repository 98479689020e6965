"""How pages speak: picks the language, prints figures and says reasons. Registered by each door's own tag library."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeGuard, TypeVar

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from seawall.reference import selectors as reference
from seawall.terms import figures
from seawall.terms.actor import EN, ZH

T = TypeVar("T")


def language() -> str:
    return ZH if (get_language() or ZH).startswith("zh") else EN


def pick(name: Mapping[str, str] | str | None) -> str:
    """The reader's form of a name that comes in both languages."""
    if not name:
        return ""
    if isinstance(name, str):
        return name
    return name["zh"] if language() == ZH else name["en"]


def say(why: Mapping[str, Any] | None) -> str:
    """The sentence of a reason code, with its parameters."""
    return reference.say(why["code"], dict(why.get("params") or {}), language()) if why else ""


def severity(why: Mapping[str, Any] | None) -> str:
    return str(reference.reason(why["code"]).severity) if why else ""


def rule(why: Mapping[str, Any] | None) -> str:
    return str(reference.reason(why["code"]).rule) if why else ""


def _given(value: T | None) -> TypeGuard[T]:
    """A value: neither None nor the empty text that a template gives for a name it does not find."""
    return value is not None and value != ""


def exact(number: float | None, unit: str = "") -> str:
    return figures.exact(number, language(), unit) if _given(number) else figures.DASH


def headline(number: float | None, unit: str = "") -> str:
    return figures.headline(number, language(), unit) if _given(number) else figures.DASH


def signed(number: float | None, unit: str = "") -> str:
    return figures.signed(number, language(), unit) if _given(number) else figures.DASH


def percent(ratio: float | None) -> str:
    return figures.percent(ratio) if _given(ratio) else figures.DASH


def points(difference: float | None) -> str:
    return figures.points(difference, language()) if _given(difference) else figures.DASH


def local(value: datetime) -> datetime:
    return timezone.localtime(value)


def day(value: date | None, form: str = "") -> str:
    """`form` may hold "weekday" and "short" (without the year)."""
    if not _given(value):
        return figures.DASH
    if isinstance(value, datetime):
        value = local(value).date()
    return figures.day(value, language(), weekday="weekday" in form, year="short" not in form)


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
    return figures.share(part, whole, language())


FILTERS: tuple[Callable[..., str], ...] = (
    pick, say, severity, rule, exact, headline, signed, percent, points, day, moment, clock, slot, left, ratio,
)  # fmt: skip


def register_words(register: template.Library) -> None:
    """Makes every word above a filter of the library."""
    for words in FILTERS:
        register.filter(words.__name__, words)
    register.filter("get", lambda mapping, key: mapping.get(key) if mapping else None)
