"""Page-level answers over several rooms: plain figures, dates and codes, which a door formats and translates."""
