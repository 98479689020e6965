"""The page on planning says what the code does: its rules, its dictionaries, its pictures."""

import re

from .manual import PAGE, parts, text


def test_the_generated_parts_of_the_page_are_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == text(), "run: python -m tests.engines.planning.manual"


def test_the_page_has_every_part_and_every_picture_it_shows():
    page = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"<!-- (\w+) -->", page)) - {"end"} == set(parts())
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)
    assert len(shown) >= 4
    for picture in shown:
        assert 0 < (PAGE.parent / picture).stat().st_size < 200_000, picture
