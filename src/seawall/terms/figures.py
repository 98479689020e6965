"""How a number, a share, a date or a span of time is printed, in both languages (one place, so that pages agree)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from .actor import ZH
from .counting import one

WAN, YI, MILLION, BILLION = 10_000, 100_000_000, 1_000_000, 1_000_000_000
FEW = 20  # below this many people a share is printed as a count
DASH = "–"
Cell = Literal["value", "zero", "not_reported"]

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

UNITS = {
    "doses": ("剂", " doses"),
    "houses": ("户", " houses"),
    "people": ("人", " people"),
    "days": ("天", " days"),
    "": ("", ""),
}


def unit_word(unit: str, language: str) -> str:
    zh, en = UNITS[unit]
    return zh if language == ZH else en


def exact(number: float, language: str = ZH, unit: str = "") -> str:
    """25,534,000 剂; what a person counts or signs is always printed so."""
    word = unit_word(unit, language)
    return one(f"{number:,.0f}{' ' if word and language == ZH else ''}{word}")


def headline(number: float, language: str = ZH, unit: str = "") -> str:
    """1.24万, 2553.4万, 34.43亿; 12,400, 25.53 M, 3.443 bn."""
    return (_headline_zh if language == ZH else _headline_en)(number) + unit_word(unit, language)


def _headline_zh(number: float) -> str:
    size = abs(number)
    if size >= YI:
        return f"{number / YI:.2f}亿"
    if size >= 100 * WAN:
        return f"{number / WAN:.1f}万"
    if size >= WAN:
        return f"{number / WAN:.2f}万"
    return f"{number:,.0f}"


def _headline_en(number: float) -> str:
    size = abs(number)
    if size >= BILLION:
        return f"{number / BILLION:.3f} bn"
    if size >= MILLION:
        return f"{number / MILLION:.2f} M"
    return f"{number:,.0f}"


def share(part: float, whole: float, language: str = ZH) -> str:
    """47.8%, or 12 人中 7 人 when so few that a share would tell too much and say too little."""
    if whole <= 0:
        return DASH
    if whole < FEW:
        return f"{whole:.0f} 人中 {part:.0f} 人" if language == ZH else f"{part:.0f} of {whole:.0f}"
    return f"{100 * part / whole:.1f}%"


def ratio(part: float, whole: float) -> float:
    """A share as a number; of nobody, none."""
    return part / whole if whole else 0.0


def cell(value: float | None, *, reported: bool = True) -> Cell:
    """State of a figure: not reported is never zero."""
    if not reported or value is None:
        return "not_reported"
    return "zero" if value == 0 else "value"


def percent(ratio: float | None) -> str:
    return DASH if ratio is None else f"{100 * ratio:.1f}%"


def points(difference: float, language: str = ZH) -> str:
    """+2.3 个百分点; +2.3 pp. The argument is in points."""
    return f"{_signed(difference, 1)} {'个百分点' if language == ZH else 'pp'}"


def signed(number: float, language: str = ZH, unit: str = "") -> str:
    sign = "+" if number > 0 else "−" if number < 0 else "±"
    return sign + headline(abs(number), language, unit)


def _signed(number: float, decimals: int) -> str:
    text = f"{abs(number):.{decimals}f}"
    if float(text) == 0:
        return text
    return ("+" if number > 0 else "−") + text


def rate(events: int, per: int, language: str = ZH) -> str:
    """11.86 /10万剂; 11.86 per 100,000 doses."""
    if per <= 0:
        return DASH
    value = f"{events * 100_000 / per:.2f}"
    return f"{value} /10万剂" if language == ZH else f"{value} per 100,000 doses"


def ahead(days: float, doses: float, language: str = ZH) -> str:
    """落后 3 天，差 4.12万剂; 3 days behind, 41,200 doses short."""
    span = f"{abs(days):.0f}" if abs(days) >= 10 else f"{abs(days):.1f}".removesuffix(".0")
    if doses == 0 and days == 0:
        return "与计划持平" if language == ZH else "on plan"
    if language == ZH:
        if doses < 0:
            return f"落后 {span} 天，差 {headline(-doses, language, 'doses')}"
        return f"提前 {span} 天，多 {headline(doses, language, 'doses')}"
    word = "day" if span == "1" else "days"
    if doses < 0:
        return f"{span} {word} behind, {headline(-doses, language, 'doses')} short"
    return f"{span} {word} ahead, {headline(doses, language, 'doses')} over"


def day(value: date, language: str = ZH, *, weekday: bool = False, year: bool = True) -> str:
    """2021年5月20日 周四; Thu 20 May 2021."""
    if language == ZH:
        text = f"{value.month}月{value.day}日"
        text = f"{value.year}年{text}" if year else text
        return f"{text} 周{WEEKDAYS_ZH[value.weekday()]}" if weekday else text
    text = f"{value.day} {MONTHS_EN[value.month - 1]}"
    text = f"{text} {value.year}" if year else text
    return f"{WEEKDAYS_EN[value.weekday()]} {text}" if weekday else text


def estimate(best: date, low: date | None, high: date | None, language: str = ZH) -> str:
    """6月28日（6月26日—7月1日，80%）; 28 Jun (26 Jun–1 Jul, 80%)."""
    text = day(best, language, year=False)
    if low is None or high is None or low == high:
        return text
    first, last = day(low, language, year=False), day(high, language, year=False)
    return f"{text}（{first}—{last}，80%）" if language == ZH else f"{text} ({first}–{last}, 80%)"


def moment(value: datetime) -> str:
    """2021-05-20 20:00, for stamps; the caller has put it in the campaign's time zone."""
    return f"{value:%Y-%m-%d %H:%M}"


def slot(start: datetime, minutes: int = 15) -> str:
    return f"{start:%H:%M}–{start + timedelta(minutes=minutes):%H:%M}"


def countdown(left: timedelta, language: str = ZH) -> str:
    """3小时12分, 2天4小时; 3 h 12 min, 2 d 4 h. Below zero the caller says overdue."""
    minutes = abs(int(left.total_seconds())) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if language == ZH:
        return f"{days}天{hours}小时" if days else f"{hours}小时{rest}分" if hours else f"{rest}分"
    return f"{days} d {hours} h" if days else f"{hours} h {rest} min" if hours else f"{rest} min"


def listed(names: Sequence[str], language: str = ZH) -> str:
    """Several names as one phrase: 甲、乙; one, another."""
    return ("、" if language == ZH else ", ").join(names)


def masked_name(name: str) -> str:
    """张*三, 李*; Latin names keep the first letter of each word."""
    if name.isascii():
        return " ".join(f"{word[0]}***" for word in name.split())
    return name[0] + "*" + name[2:] if len(name) > 2 else name[:1] + "*"
