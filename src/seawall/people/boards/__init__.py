"""Pages of the people room: each is one selector that records the look and returns a frozen row."""

from .belonging import HomeBoard, MembershipBoard, home, memberships
from .entering import DeskCodesBoard, desk_codes
from .histories import (
    ConditionsBoard,
    CorrectionBoard,
    ElsewhereBoard,
    conditions,
    correction,
    elsewhere,
)
from .identity import IdentityBoard, identity
from .journal import JournalPage, journal_page
from .matching import PairBoard, PairRow, Side, pair, pairs
from .previews import Change, DueLine
from .registering import AlikeRow, RegisterBoard, alike, registering
from .rights import SeersBoard, seers
from .seen_by import LookHere, looks_at

__all__ = [
    "AlikeRow",
    "Change",
    "ConditionsBoard",
    "CorrectionBoard",
    "DeskCodesBoard",
    "DueLine",
    "ElsewhereBoard",
    "HomeBoard",
    "IdentityBoard",
    "JournalPage",
    "LookHere",
    "MembershipBoard",
    "PairBoard",
    "PairRow",
    "RegisterBoard",
    "SeersBoard",
    "Side",
    "alike",
    "conditions",
    "correction",
    "desk_codes",
    "elsewhere",
    "home",
    "identity",
    "journal_page",
    "looks_at",
    "memberships",
    "pair",
    "pairs",
    "registering",
    "seers",
]
