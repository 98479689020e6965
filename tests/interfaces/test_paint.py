"""The map's classes keep zero, not reported, not started and withheld apart; the tile grid holds every unit once."""

from dataclasses import replace

import pytest

from seawall.command.boards.city import Measure
from seawall.interfaces.console import paint
from seawall.reports.boards.units import UnitFigures
from seawall.terms.names import Name

GAP = Measure("gap", Name("进度差", "Gap"), "points", "gap", (-20, -10, -2, 2, 10, 20))
AMOUNT = replace(GAP, scale="amount", unit="share", breaks=(0.1, 0.2, 0.3, 0.4, 0.5))

pytestmark = pytest.mark.usefixtures("chongqing")


@pytest.mark.parametrize(
    ("cell", "value", "measure", "cls"),
    [
        ("value", -25.0, GAP, "g1"),
        ("value", -2.0, GAP, "g4"),
        ("value", 0.0, GAP, "g4"),
        ("value", 2.0, GAP, "g5"),
        ("value", 99.0, GAP, "g7"),
        ("zero", 0.0, AMOUNT, "a1"),
        ("value", 1.2, AMOUNT, "a6"),
        ("not_reported", None, AMOUNT, "none"),
        ("not_started", None, AMOUNT, "unstarted"),
        ("withheld", None, AMOUNT, "withheld"),
    ],
)
def test_a_cell_has_the_look_of_its_class(cell: str, value: float | None, measure: Measure, cls: str) -> None:
    assert paint.css_class(cell, value, measure) == cls


def test_the_tile_grid_holds_39_units_in_39_places() -> None:
    tiles = paint.tiles()
    assert len(tiles) == 39
    assert len({(tile.col, tile.row) for tile in tiles.values()}) == 39


def unit(number: int, gap: int) -> UnitFigures:
    return UnitFigures(
        unit_id=number, code=str(number), name=Name.code(str(number)), kind="plan", reported=True, unreported=0,
        quota_today=0, done_today=0, plan_to_date=10, done_to_date=10 + gap, coverage=0.0, complete_share=0.0,
        cover_days=None, second_due=0, second_overdue=0, population=0, eligible=0, owner=None,
    )  # fmt: skip


def test_the_worst_units_are_those_with_most_doses_short() -> None:
    units = [unit(n, gap) for n, gap in enumerate([5, -1, -9, -3, 0, -2, -7, -4])]
    assert paint.worst_units(units) == {2, 3, 5, 6, 7}
