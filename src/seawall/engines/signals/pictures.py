"""The pictures of the monitors: a volcano of pairs, a funnel of units, a running test against its limit."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import log_ndtr

from .. import pictures as look
from .counts import Floats
from .outliers import funnel_lines
from .scoring import signal
from .words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMED = 10  # points that carry a name


def volcano(frame: pl.DataFrame, product: str | None = None) -> "Figure":
    """Pairs by log2 of the reporting odds ratio (or PRR) and -log10 p of chi-square; muted terms stay grey."""
    ratio = "ror" if "ror" in frame.columns else "prr"
    shown = frame.filter(pl.col(ratio) > 0, pl.col("chi2").is_not_null())
    shown = shown.with_columns(signal(shown).alias("hit"))
    if product:
        shown = shown.filter(pl.col("product") == product)
    x = np.log2(shown[ratio].to_numpy())
    y = -(np.log(2) + log_ndtr(-np.sqrt(shown["chi2"].to_numpy()))) / np.log(10)
    hit, muted = shown["hit"].to_numpy(), shown["muted"].is_not_null().to_numpy()
    with look.figure() as (made, axes):
        size = 8 + 10 * np.log1p(shown["n"].to_numpy())
        for mask, colour, name in (
            (~hit & ~muted, look.AMOUNT[2], "其他 other"),
            (muted, look.CLOSED, "已静音 muted"),
            (hit, look.STOP, "值得核查 worth checking"),
        ):
            axes.scatter(x[mask], y[mask], s=size[mask], c=colour, alpha=0.75, linewidths=0, label=name)
        _name(axes, x, y, shown["event"].to_list(), hit)
        axes.set_xlabel("log₂ 报告比值比 reporting odds ratio" if ratio == "ror" else "log₂ PRR")
        axes.set_ylabel("−log₁₀ p")
        axes.set_title(f"{product or ''} 报告与预期 reports against expectation".strip())
        axes.legend(loc="upper left")
    return made


def _name(axes: Any, x: Floats, y: Floats, names: Sequence[str], mask: np.ndarray) -> None:
    """Names the outstanding points, most striking first, on the side where the name covers fewer of them, if it has room."""
    wide, tall = 0.27 * (np.ptp(x) or 1.0), 0.045 * (np.ptp(y) or 1.0)
    boxes: list[tuple[float, float, float]] = []  # left, right, height
    where = np.flatnonzero(mask)
    for i in where[np.argsort(-y[where])]:
        others = where[(where != i) & (np.abs(y[where] - y[i]) <= tall)]
        sides = (1, -1) if x[i] <= x.min() + 2.6 * wide else (-1,)  # to the right the picture ends
        covers = {
            side: bool((((x[others] - x[i]) * side > 0) & ((x[others] - x[i]) * side < wide)).any()) for side in sides
        }
        for side in sorted(sides, key=lambda side: covers[side]):
            left, right = sorted((x[i], x[i] + side * wide))
            free = all(right <= a or b <= left or abs(y[i] - h) > tall for a, b, h in boxes)
            if free and len(boxes) < NAMED:
                boxes.append((left, right, y[i]))
                align = "left" if side == 1 else "right"
                axes.annotate(
                    names[i], (x[i], y[i]), xytext=(6 * side, 3), textcoords="offset points", fontsize=9, ha=align
                )
                break


def funnel(units: pl.DataFrame) -> "Figure":
    """Units of `outliers` by events expected and the ratio of events to them, with the 95 % and 99.8 % funnel."""
    shown = units.filter(pl.col("ratio").is_not_null())
    expected, ratio = shown["expected"].to_numpy(), shown["ratio"].to_numpy()
    out, lines = shown["outlier"].to_numpy(), funnel_lines(shown, 240)
    with look.figure() as (made, axes):
        for level, label, dash in (("95", "95.0%", "--"), ("998", "99.8%", "-")):
            axes.plot(lines["expected"], lines[f"high{level}"], dash, color=look.QUIET, lw=1.2, label=label)
            axes.plot(lines["expected"], lines[f"low{level}"], dash, color=look.QUIET, lw=1.2)
        axes.axhline(1, color=look.RULE, lw=1.2)
        axes.scatter(expected[~out], ratio[~out], s=26, c=look.ACTION, alpha=0.8, linewidths=0)
        axes.scatter(expected[out], ratio[out], s=60, c=look.STOP, linewidths=0, label="超出 outside")
        for i in np.flatnonzero(out):
            axes.annotate(
                str(shown["unit"][int(i)]), (expected[i], ratio[i]), xytext=(7, 0), textcoords="offset points"
            )
        axes.set_ylim(0, max(3.0, float(ratio.max()) * 1.15))
        axes.set_xlabel("预期例数 events expected")
        axes.set_ylabel("观察 / 预期 observed / expected")
        axes.set_title("各单位与应有的波动 Units and the spread to be expected")
        axes.legend(loc="upper right")
    return made


def course(looks: pl.DataFrame) -> "Figure":
    """The log-likelihood ratio of `sequential` by date against its limit; the first signal is marked."""
    with look.figure() as (made, axes):
        axes.plot(looks["date"], looks["llr"], color=look.ACTION, label="检验统计量 log-likelihood ratio")
        axes.plot(looks["date"], looks["limit"], color=look.STOP, lw=1.6, label="界值 limit", drawstyle="steps-post")
        first = looks.filter("signal").head(1)
        if first.height:
            axes.scatter(first["date"], first["llr"], s=70, c=look.STOP, zorder=3)
            axes.annotate(
                str(first["date"][0]), (first["date"][0], first["llr"][0]), xytext=(8, -14), textcoords="offset points"
            )
        axes.set_ylim(bottom=0)
        axes.set_title("累计检验 Running test")
        axes.legend(loc="upper left")
        made.autofmt_xdate()
    return made


def page(
    folder: Path,
    name: str,
    made: "Figure",
    title: tuple[str, str],
    rows: pl.DataFrame,
    said: Sequence[str],
    language: str,
) -> None:
    """Writes NAME.svg, NAME.png and NAME.html in one language: the picture, what it says (`said`), and the rows beneath."""
    with look.written_in(language):
        look.drawn(lambda: made, folder, name)
        caution = "".join(f"<p>{line}</p>" for line in (say("caution", language), *said))
        table = look.table(rows.columns, [["" if v is None else v for v in row] for row in rows.rows()])
        parts = [(title[0], title[1], look.svg(made) + caution), ("数据", "Rows", table)]
        look.write_page(folder / f"{name}.html", *title, parts)
