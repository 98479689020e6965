"""Compiled steps of the transmission model over arrays of strata and cells; nothing here reads a name or a file."""
