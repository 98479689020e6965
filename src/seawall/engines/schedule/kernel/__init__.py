"""The compiled judge: one pass over the doses of each person, the same code for one person and for a city."""
