"""Turns the units of a board into what map, tile grid and legend need: a class, a sentence, a link."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from seawall.command.selectors import Measure
from seawall.interfaces import words
from seawall.interfaces.console.charts import Chart
from seawall.reference import selectors as reference
from seawall.reports.boards.units import UnitFigures
from seawall.supply.boards.cover import UnitCover
from seawall.terms import figures

SPECIAL = {"not_reported": "none", "not_started": "unstarted", "withheld": "withheld"}
WORST = 5


def tiles() -> Mapping[str, reference.Tile]:
    return reference.tiles(reference.city())


def short_name(unit: UnitFigures) -> str:
    tile = tiles().get(unit.code)
    if tile is None:
        return words.pick(unit.name)
    return words.either(tile.zh, tile.en)


def measured(value: float | None, unit: str) -> str:
    """A measure's value in its unit, as short as a tile allows."""
    if value is None:
        return figures.DASH
    if unit == "share":
        return figures.percent(value)
    if unit == "points":
        return f"{value:+.1f}".replace("-", "−")
    if unit == "days":
        return f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return figures.headline(value, words.language())


def css_class(cell: str, value: float | None, measure: Measure) -> str:
    """`g1`-`g7` for gaps, `a1`-`a6` for amounts, or one of the four looks that are no value."""
    if cell in SPECIAL or value is None:
        return SPECIAL.get(cell, "none")
    return ("g" if measure.scale == "gap" else "a") + str(1 + bisect_right(measure.breaks, value))


def unit_shapes(units: Sequence[UnitFigures], measure: Measure) -> list[dict[str, Any]]:
    """One row for each unit, ready for the map and the tile grid."""
    worst = worst_units(units)
    return [_shape(unit, measure, unit.unit_id in worst) for unit in units if unit.kind == "plan"]


def worst_units(units: Sequence[UnitFigures]) -> frozenset[int]:
    """The few units furthest behind their plan, by doses."""
    behind = [u for u in units if u.kind == "plan" and u.gap_doses < 0]
    return frozenset(u.unit_id for u in sorted(behind, key=lambda u: u.gap_doses)[:WORST])


def _shape(unit: UnitFigures, measure: Measure, worst: bool) -> dict[str, Any]:
    tile = tiles().get(unit.code)
    value = measured(unit.value, measure.unit)
    name = short_name(unit)
    return {
        "code": unit.code,
        "name": name,
        "value": value,
        "cls": css_class(unit.cell, unit.value, measure),
        "said": f"{words.pick(unit.name)}\n{words.pick(measure.name)}  {value}\n"
        + _("Gap to plan")
        + f"  {figures.signed(unit.gap_doses, words.language(), 'doses')}",
        "link": reverse("district", args=[unit.unit_id]),
        "worst": worst,
        "row": [words.pick(unit.name), unit.value, unit.gap_doses, unit.done_today, unit.quota_today],
        "col_class": f"x{tile.col} y{tile.row}" if tile else "",
    }


COVER_LOOKS = ((2, "low", "g2"), (4, "thin", "g3"), (7, "s1", "a1"), (14, "s3", "a3"))
ENOUGH = "s6", "a6"


def cover_look(days: float) -> tuple[str, str]:
    """How days of cover look: in a cell, and on the map and in its key. Too little is warm, enough is blue, too much is dark."""
    return next(((cell, look) for limit, cell, look in COVER_LOOKS if days < limit), ENOUGH)


def cover_map(units: Sequence[UnitCover], product: str) -> Chart:
    """Units by the days that their stock lasts; a unit opens the cover of its places. Those that run out first are framed."""
    head = [_("Unit"), _("Days of cover"), _("Doses"), _("Places")]
    worst = {u.code for u in units[:WORST] if u.days is not None}
    drawn = [
        {
            "code": u.code,
            "name": words.pick(u.name) if (tile := tiles().get(u.code)) is None else words.either(tile.zh, tile.en),
            "said": f"{words.pick(u.name)}\n{_('Days of cover')}  {measured(u.days, 'days')}\n"
            + f"{_('Doses')}  {words.exact(u.doses)}",
            "cls": "unstarted" if u.days is None else cover_look(u.days)[1],
            "link": f"{reverse('supply')}?{urlencode({'unit': u.code, 'product': product})}#cover",
            "worst": u.code in worst,
        }
        for u in units
    ]
    return Chart("map", {"units": drawn}, head, [(words.pick(u.name), u.days, u.doses, u.places) for u in units])


def runs_out_first(units: Sequence[UnitCover]) -> str:
    """The units whose stock is used up first, in words."""
    first = [f"{words.pick(u.name)} {measured(u.days, 'days')}" for u in units[:WORST] if u.days is not None]
    return (
        _("First to run out, in days: %s") % _(", ").join(first) if first else _("No dose was used in the last days.")
    )


DRAWN = ("code", "name", "said", "cls", "link", "worst")


def unit_map(shapes: Sequence[Mapping[str, Any]], measure: Measure) -> Chart:
    """The outline map of the units by one measure."""
    head = [_("Unit"), words.pick(measure.name), _("Gap to plan"), _("Done today"), _("Quota today")]
    units = [{name: shape[name] for name in DRAWN} for shape in shapes]
    return Chart("map", {"units": units}, head, [shape["row"] for shape in shapes])


def legend(shapes: Sequence[Mapping[str, Any]], measure: Measure) -> list[dict[str, Any]]:
    """Classes with their breaks and how many units each holds."""
    counts = Counter(shape["cls"] for shape in shapes)
    edges, letter = measure.breaks, "g" if measure.scale == "gap" else "a"
    texts = [measured(edge, measure.unit) for edge in edges]
    spans = [f"< {texts[0]}", *(f"{a} – {b}" for a, b in pairwise(texts)), f"≥ {texts[-1]}"]
    rows = [{"cls": f"{letter}{i}", "text": span, "count": counts[f"{letter}{i}"]} for i, span in enumerate(spans, 1)]
    looks = {"none": _("not reported"), "unstarted": _("not started"), "withheld": _("withheld")}
    return rows + [{"cls": cls, "text": text, "count": counts[cls]} for cls, text in looks.items() if counts[cls]]
