"""How many threads HiGHS may use: one number for every engine, because it keeps one pool for the whole process."""

HIGHS_THREADS = 2
"""A second solver that asks for another number than the first is refused (HiGHS: the global scheduler is initialised once)."""
