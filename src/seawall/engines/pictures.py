"""One look for every picture an engine draws: SVG for pages, PNG for papers, and one HTML page that holds them."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .tables import write_whole

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.figure import Figure

LEAST = 0.0001  # a smaller number on a page is said to be smaller
INK, QUIET, RULE, GROUND = "#1b2430", "#5a6472", "#dde3ea", "#f5f7f9"
ACTION, NORMAL, ATTENTION, STOP, CLOSED = "#0b5cad", "#00796b", "#f2b134", "#a61b1b", "#c9d1da"
AMOUNT = ("#e3eef7", "#b9d6ea", "#86b8d9", "#4f95c4", "#2570a5", "#0b4a7a")
GAP = ("#a34a00", "#e08a2e", "#f8cf9d", "#ececec", "#bbd7ee", "#5a9bd4", "#0f4c81")
SERIES = ("#0b5cad", "#e08a2e", "#00796b", "#a61b1b", "#5a6472", "#86b8d9", "#8a5aa8", "#b58900")
FACES = ("Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", "DejaVu Sans")
CJK = FACES[:-1]
WRITTEN: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "seawall",
}  # read when a figure is saved, not when drawn


EN, ZH = "en", "zh-hans"
_language: ContextVar[str] = ContextVar("language", default="")
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+ ?")
AFTER_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+[A-Za-z].*$")


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """What is drawn and written meanwhile says one of its two languages alone, "en" or "zh-hans"; both for ""."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def both(zh: str, en: str, between: str = " ") -> str:
    """A sentence in the languages of the page."""
    return {EN: en, ZH: zh}.get(_language.get(), f"{zh}{between}{en}")


def label(text: str) -> str:
    """A short label that names a thing in Chinese and English side by side."""
    others = {EN: HAN, ZH: AFTER_HAN}.get(_language.get())
    return others.sub("", text).strip() if others else text


def faces() -> list[str]:
    """The preferred faces that this machine has; the last always is there, but has no Chinese."""
    from matplotlib import font_manager

    here = {font.name for font in font_manager.fontManager.ttflist}
    return [face for face in FACES if face in here]


@contextmanager
def figure(width: float = 8.0, height: float = 4.5, **subplots: Any) -> Iterator[tuple["Figure", Any]]:
    """A figure and its axes in the product's look; width and height in inches (72 points each)."""
    from cycler import cycler
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    look: dict[Any, Any] = {
        "font.family": faces(), "font.size": 11, "axes.titlesize": 13, "axes.titleweight": "bold",
        "axes.titlelocation": "left", "axes.edgecolor": CLOSED, "axes.labelcolor": QUIET, "axes.spines.top": False,
        "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True, "grid.color": RULE,
        "grid.linewidth": 0.7, "text.color": INK, "xtick.color": QUIET, "ytick.color": QUIET,
        "lines.linewidth": 2.2, "legend.frameon": False, "axes.unicode_minus": False,
    }  # fmt: skip
    with rc_context({**look, "axes.prop_cycle": cycler(color=SERIES)}):
        made = Figure(figsize=(width, height), layout="constrained")
        yield made, made.subplots(**subplots)


@contextmanager
def _as_written() -> Iterator[None]:
    from matplotlib import rc_context

    with rc_context(WRITTEN):
        yield


def save(made: "Figure", path: Path) -> None:
    """Writes SVG (text stays text) or PNG (160 dots an inch) by the ending of the name; the same figure, the same bytes."""
    _labelled(made)
    kind = path.suffix.lstrip(".")
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with _as_written():
        write_whole(path, lambda draft: made.savefig(draft, format=kind, dpi=160, metadata=metadata))


def svg(made: "Figure") -> str:
    """The figure as an SVG element to stand inside a page."""
    _labelled(made)
    buffer = io.StringIO()
    with _as_written():
        made.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().partition("<svg")[2].join(("<svg", ""))


def _labelled(made: "Figure") -> None:
    from matplotlib.text import Text

    for text in made.findobj(Text):
        text.set_text(label(text.get_text()))


def shown(value: object) -> str:
    """A cell as it is read: no decimals from a thousand on, four figures below, and what is next to nothing said so."""
    if isinstance(value, float):
        if 0 < abs(value) < LEAST:
            return f"< {LEAST}"
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"
    return (
        f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else "" if value is None else str(value)
    )


@cache
def words() -> dict[str, str]:
    """Names of columns and codes that pages show, Chinese and English together."""
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: f"{row['zh']} {row['en']}" for row in csv.DictReader(file)}


def spoken(frame: "pl.DataFrame", codes: Sequence[str] = ()) -> str:
    """A frame as an HTML table, its columns named in both languages, and the cells of the columns `codes` too."""
    known = words()
    rows = [
        [known.get(str(cell), cell) if name in codes else cell for name, cell in zip(frame.columns, row, strict=True)]
        for row in frame.iter_rows()
    ]
    return table([known.get(name, name) for name in frame.columns], rows)


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """An HTML table; numbers stand to the right."""

    def cell(value: object) -> str:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return f"<td{' class=n' if number else ''}>{escape(label(shown(value)))}</td>"

    head = "".join(f"<th>{escape(label(name))}</th>" for name in header)
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def page(title_zh: str, title_en: str, parts: Sequence[tuple[str, str, str]]) -> str:
    """One self-contained HTML page: parts are (Chinese heading, English heading, HTML or SVG), nothing is fetched."""
    sections = "".join(f"<section><h2>{_heading(zh, en)}</h2>{body}</section>" for zh, en, body in parts)
    tongue = "en" if _language.get() == EN else "zh-Hans"
    face = ", ".join(f"'{name}'" for name in CJK)
    style = (
        f"body{{margin:0 auto;max-width:1040px;padding:24px;background:{GROUND};color:{INK};"
        f"font:16px/1.6 {face},system-ui,sans-serif;font-variant-numeric:tabular-nums}}"
        f"h1{{font-size:28px;margin:0 0 16px}}small{{color:{QUIET};font-weight:400;font-size:.75em}}"
        "section{background:#fff;border-radius:8px;padding:16px 20px;margin:0 0 16px;overflow-x:auto}"
        f"h2{{font-size:20px;margin:0 0 8px}}svg{{max-width:100%;height:auto}}table{{border-collapse:collapse}}"
        f"th,td{{padding:4px 12px;border-bottom:1px solid {RULE};text-align:left}}.n{{text-align:right}}"
        "@media print{body{background:#fff;padding:0}section{break-inside:avoid;padding:8px 0}}"
    )
    return (
        f'<!doctype html><html lang="{tongue}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(both(title_zh, title_en, ' · '))}</title><style>{style}</style>"
        f"<h1>{_heading(title_zh, title_en)}</h1>{sections}</html>\n"
    )


def _heading(zh: str, en: str) -> str:
    one = {EN: en, ZH: zh}.get(_language.get())
    return escape(one) if one is not None else f"{escape(zh)} <small>{escape(en)}</small>"


def write_page(path: Path, title_zh: str, title_en: str, parts: Sequence[tuple[str, str, str]]) -> None:
    """Writes `page` to a file, whole or not at all."""
    write_whole(path, lambda draft: draft.write_text(page(title_zh, title_en, parts), encoding="utf-8"))


def drawn(draw: Callable[[], "Figure"], folder: Path, name: str) -> "Figure":
    """Draws once and writes NAME.svg and NAME.png into a folder."""
    made = draw()
    save(made, folder / f"{name}.svg")
    save(made, folder / f"{name}.png")
    return made
