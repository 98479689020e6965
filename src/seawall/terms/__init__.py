"""Words that cross rooms: ids, codes, units, the Actor and frozen rows. Standard library only."""
