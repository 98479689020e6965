"""From table rows to the frozen rows that others see."""

import json
from dataclasses import fields
from typing import Any

from seawall.terms.codes import DoorState, ProposalState, SiteKind, SiteState
from seawall.terms.sites import ProposalRow, SessionRow, SiteRow
from seawall.terms.visits import SeatRow

from .seats import KEPT

SITE = [field.name for field in fields(SiteRow)]
PROPOSAL = [field.name for field in fields(ProposalRow)]
SITE_COLUMNS = ", ".join(f"s.{name}" for name in SITE)
PROPOSAL_COLUMNS = ", ".join(f"p.{name}" for name in PROPOSAL)


def proposal_row(row: tuple[Any, ...]) -> ProposalRow:
    told = dict(zip(PROPOSAL, row, strict=True))
    told |= {"kind": SiteKind(told["kind"]), "state": ProposalState(told["state"])}
    gains = told["gains"]
    told |= {"gains": json.loads(gains) if isinstance(gains, str) else gains}
    return ProposalRow(**told | {name: frozenset(told[name]) for name in ("found", "missing")})


def site_row(row: tuple[Any, ...]) -> SiteRow:
    told = dict(zip(SITE, row, strict=True))
    kinds = {"kind": SiteKind(told["kind"]), "state": SiteState(told["state"]), "door": DoorState(told["door"])}
    return SiteRow(**told | kinds)


def session_row(row: tuple[Any, ...]) -> SessionRow:
    site_id, day, opens_at, closes_at, stations, state, capacity, taken, products, most_waiting = row
    return SessionRow(
        site_id, day, opens_at, closes_at, stations, state, capacity, taken, tuple(products), most_waiting
    )


SEAT_COLUMNS = f"s.site_id, s.starts_at, s.capacity, s.taken, {KEPT}, s.returns_at"
"""Of a slot `s` at a moment."""


def seat_row(row: tuple[Any, ...]) -> SeatRow:
    site_id, starts_at, capacity, taken, set_aside, returns_at = row
    return SeatRow(site_id, starts_at, capacity, taken, set_aside, returns_at if set_aside else None)
