"""Facts that the reference room announces: none; it is loaded, not lived."""
