"""Pages of sites: what they show, as frozen rows that a door formats and translates."""
