"""Facts that the safety room announces."""

ADVERSE_EVENT_RECORDED = "AdverseEventRecorded"
"""owner person; payload: event, kind, serious, clock_due, site_id, lot."""

ADVERSE_EVENT_CLOSED = "AdverseEventClosed"
"""owner person; payload: event, class."""
