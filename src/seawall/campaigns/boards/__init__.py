"""Pages of campaigns: what they show, as frozen rows that a door formats and translates."""
