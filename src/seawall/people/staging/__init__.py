"""Reads files that people send: what they are, which rule every column has, and what is wrong in each row."""
