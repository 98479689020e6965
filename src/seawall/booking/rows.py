"""From table rows to the frozen rows that others see."""

from typing import Any

from seawall.terms.codes import AppointmentState
from seawall.terms.visits import AppointmentRow

COLUMNS = "a.person_id, a.act, a.campaign, a.site_id, a.starts_at, a.state, a.dose_rank, a.walk_in, a.product"


def appointment_row(row: tuple[Any, ...]) -> AppointmentRow:
    values = list(row)
    values[5] = AppointmentState(row[5])
    return AppointmentRow(*values)
