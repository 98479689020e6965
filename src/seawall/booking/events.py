"""Facts that booking announces."""

APPOINTMENT_WITHDRAWN = "AppointmentWithdrawn"
"""A seat was taken back from a person, who must be told: payload person_id, appointment, site_id, starts_at, reason."""
