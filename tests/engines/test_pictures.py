"""One look for every picture: text stays text, the same picture is the same file."""

import polars as pl
import pytest

from seawall.engines import pictures as look


def _drawn():
    with look.figure() as (made, axes):
        axes.plot([1, 2], [3, 4])
        axes.set_title("接种进度 progress")
    return made


def test_text_of_a_saved_picture_stays_text(tmp_path):
    look.save(_drawn(), tmp_path / "a.svg")
    assert ">接种进度 progress</text>" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert ">接种进度 progress</text>" in look.svg(_drawn())


def test_the_same_picture_is_the_same_file(tmp_path):
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        look.save(_drawn(), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    ("value", "said"),
    [(118_600.4, "118,600"), (999.96, "1,000"), (0.31372, "0.3137"), (3.6e-6, "< 0.0001"), (0.0, "0"), (1_206, "1,206"), (None, "")],
)  # fmt: skip
def test_a_number_on_a_page_is_read_without_powers_of_ten(value: float | None, said: str) -> None:
    assert look.shown(value) == said


def test_columns_and_codes_of_a_page_are_said_in_both_languages() -> None:
    told = look.spoken(pl.DataFrame({"coverage": ["now"], "note": ["now"]}), ("coverage",))
    assert "<th>接种率 coverage</th><th>note</th>" in told
    assert "<td>现有接种 now</td><td>now</td>" in told
