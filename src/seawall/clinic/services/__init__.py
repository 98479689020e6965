"""The verbs of the clinic, in the order of the walk."""

from .arrival import visit_arrive, visit_ask
from .calling import visit_call
from .closing import day_close
from .conflicts import TabletAct
from .consent import consent_record
from .correcting import correction_sign, injection_correct
from .dose import dose_ask, dose_give
from .happened import dose_enter
from .leaving import visit_leave
from .observation import observation_end, observation_hold, unseen_reach
from .reversing import dose_reverse
from .screening import screening_record
from .settling import conflict_settle
from .syncing import STEPS, Told, acts_take
from .tablets import tablet_enrol, tablet_heard, tablet_revoke
from .tally import tally_record, tally_withdraw

__all__ = [
    "STEPS",
    "TabletAct",
    "Told",
    "acts_take",
    "conflict_settle",
    "consent_record",
    "correction_sign",
    "day_close",
    "dose_ask",
    "dose_enter",
    "dose_give",
    "dose_reverse",
    "injection_correct",
    "observation_end",
    "observation_hold",
    "screening_record",
    "tablet_enrol",
    "tablet_heard",
    "tablet_revoke",
    "tally_record",
    "tally_withdraw",
    "unseen_reach",
    "visit_arrive",
    "visit_ask",
    "visit_call",
    "visit_leave",
]
