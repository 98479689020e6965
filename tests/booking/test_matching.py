"""Doses matched with people: as many have one as any assignment gives, who comes first is never worse off for who comes later."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.booking.matching import Kind, PlaceDoses

PRODUCTS = "ABCD"
KINDS = st.frozensets(st.sampled_from(PRODUCTS), min_size=1, max_size=3)


def fits(doses: Counter[str], kinds: Sequence[Kind]) -> bool:
    """Whether all of them can have a dose, by trying every assignment."""
    if not kinds:
        return True
    return any(doses[p] > 0 and fits(doses - Counter({p: 1}), kinds[1:]) for p in kinds[0])


@settings(deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(PRODUCTS), max_size=5), st.lists(KINDS, max_size=6))
def test_everybody_has_a_dose_for_whom_one_can_be_found_without_taking_it_from_earlier_ones(stock, people):
    hand = Counter(stock)
    place, with_one = PlaceDoses(hand), []
    for kind in people:
        could = fits(hand, [*with_one, kind])
        assert place.left(kind) == could
        assert place.take(kind) == could
        with_one += [kind] if could else []


def test_who_may_have_any_changes_for_whom_no_other_will_do():
    place = PlaceDoses({"A": 1, "B": 1})
    assert place.take(frozenset("AB")) and place.take(frozenset("A")) and not place.take(frozenset("AB"))
