"""Facts that sites announce."""

SITE_PROPOSED = "SiteProposed"
SITE_OPENED = "SiteOpened"
SITE_CLOSED = "SiteClosed"
SESSION_OPENED = "SessionOpened"
SESSION_CLOSED = "SessionClosed"
DOOR_CHANGED = "DoorChanged"
