"""Facts that outreach announces: none yet."""
