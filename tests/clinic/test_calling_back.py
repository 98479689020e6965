"""Who left the observation unseen is called back until somebody knows how they are."""

import pytest

from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.terms.visits import UnseenReach

from .world import DAY, World, done

pytestmark = pytest.mark.django_db


def reach(hall: World, visit, outcome: str, minutes: float = 40) -> UnseenReach:
    return UnseenReach(**hall.base(minutes), site_id=hall.site, visit=visit, outcome=outcome)


def unseen(hall: World):
    visit = hall.ready(hall.person())
    assert hall.give(visit, hall.packs(1)[0]).done
    done(clinic.observation_end(hall.actor, [hall.leave(visit, 20, early_reason="UNSEEN")]))
    return visit


def test_who_was_not_reached_is_called_again_and_then_it_is_settled(hall):
    visit = unseen(hall)
    for outcome, settled in (("NOT_REACHED", False), ("WELL", True)):
        answer = done(clinic.unseen_reach(hall.actor, [reach(hall, visit, outcome)]))[0].answer
        assert (answer["ticket"], answer["settled"]) == (1, settled)
    assert selectors.left_unseen(hall.site, DAY)[0][4] == "WELL"
    assert clinic.unseen_reach(hall.actor, [reach(hall, visit, "UNWELL")])[0].refusal.code == "NOBODY_TO_CALL_BACK"


def test_who_stayed_an_outcome_of_nowhere_and_a_call_before_the_leaving_are_refused(hall):
    gone, stayed = unseen(hall), hall.ready(hall.person())
    outcomes = clinic.unseen_reach(
        hall.actor, [reach(hall, stayed, "WELL"), reach(hall, gone, "HAPPY"), reach(hall, gone, "WELL", 15)]
    )
    assert [o.refusal.code for o in outcomes] == ["NOBODY_TO_CALL_BACK", "CALL_BACK_UNKNOWN", "STEP_BEFORE_ARRIVAL"]
