"""What sites do on request; every verb takes a batch. `seats_*` work inside another room's act."""

from ..seats import seats_fit, seats_plan, seats_release, seats_take
from .days import door_set, session_close, session_open, session_plan
from .places import site_close, site_open
from .proposals import proposal_approve, proposal_check, proposal_publish, proposal_refuse, site_propose
from .teams import readiness_record, team_set

__all__ = [
    "door_set",
    "proposal_approve",
    "proposal_check",
    "proposal_publish",
    "proposal_refuse",
    "readiness_record",
    "seats_fit",
    "seats_plan",
    "seats_release",
    "seats_take",
    "session_close",
    "session_open",
    "session_plan",
    "site_close",
    "site_open",
    "site_propose",
    "team_set",
]
