"""Facts that booking announces."""

APPOINTMENT_WITHDRAWN = "AppointmentWithdrawn"
"""A seat was taken back from a person, who must be told: payload person_id, appointment, site_id, starts_at, reason."""

APPOINTMENT_MOVED = "AppointmentMoved"
"""A closed site's booking went to another site, and the person must be told: payload appointment, site_id, starts_at, from_site_id."""

STANDBY_OFFERED = "StandbyOffered"
"""A dose left over was offered to somebody on standby, who must be told: payload appointment, site_id, starts_at, campaign, dose_rank."""
