"""Why: the reason of a due row or a verdict as it stands on a day, with the document that its rule cites."""

from datetime import date

from seawall.terms.acts import Refusal
from seawall.terms.codes import DueStatus
from seawall.terms.names import Name
from seawall.terms.people import DoseRow, DueRow

from ..judging import schedule, turns_on

__all__ = ["programme_name", "source_of", "turns_on", "why_dose", "why_due"]

OPENED = {
    DueStatus.DUE: {"DUE_LATER": "DUE_NEXT", "DUE_REPAIR_LATER": "DUE_REPAIR", "DUE_CONDITION_DEFERS": "DUE_NEXT"},
    DueStatus.OVERDUE: dict.fromkeys(
        ("DUE_LATER", "DUE_NEXT", "DUE_REPAIR", "DUE_REPAIR_LATER", "DUE_CONDITION_DEFERS"), "DUE_OVERDUE"
    ),
}
"""A row is judged once and its days pass: the reason that was true of a waiting dose gives way to that of an open one."""


def why_due(row: DueRow, on: date) -> Refusal:
    """Reason and source of what is due on a day; `row` was asked for that day."""
    code = OPENED.get(row.status, {}).get(row.reason, row.reason)
    return Refusal(code, {"source": source_of(row.programme, row.rule, on)})


def why_dose(row: DoseRow, programme: str, on: date) -> Refusal:
    """Reason and source of a verdict."""
    return Refusal(row.reason, {"source": source_of(programme, row.rule, on)})


def source_of(programme: str, rule: str, on: date) -> str:
    """Issuer, document and clause of a rule row, as its script cites it; the row's own name where it is not known here."""
    row = schedule(programme, on).tables.rules.get(rule)
    if row is None:
        return rule
    clause = f" {row.clause}" if row.clause else ""
    if row.document.isascii():
        return ", ".join(filter(None, (row.issuer, row.document + clause))) or rule
    return f"{row.issuer}《{row.document}》{clause}"


def programme_name(programme: str, on: date) -> Name:
    """What the schedule in force on a day is called."""
    return Name.of(schedule(programme, on).tables)
