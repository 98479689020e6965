"""Facts that the clinic announces."""

VISIT_ENDED = "VisitEnded"  # a visit ended without a dose: deferred, or turned away
DOSE_GIVEN_AGAINST_RULES = "DoseGivenAgainstRules"  # happened all the same; an incident is open
OBSERVATION_LEFT_UNSEEN = "ObservationLeftUnseen"
DAY_CLOSE_DIFFERENCE = "DayCloseDifference"
DAY_CLOSED = "DayClosed"
