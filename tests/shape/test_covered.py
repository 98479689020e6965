"""The table of coverage: a room a line, the least covered first, the whole last."""

from tests.spec.covered import table


def test_the_least_covered_room_stands_first_and_the_whole_last():
    lines = table({"supply": (4, 4), "clinic": (8, 6), "booking": (8, 2)}).splitlines()
    assert [line.split() for line in lines] == [
        ["room", "statements", "covered"],
        ["booking", "8", "25.0%"],
        ["clinic", "8", "75.0%"],
        ["supply", "4", "100.0%"],
        ["all", "20", "60.0%"],
    ]
