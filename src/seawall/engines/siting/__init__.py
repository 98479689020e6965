"""Where to open: p-median, maximal cover, set cover, capacitated location, and the rounds of mobile teams."""

from .capacitated import capacitated
from .case import Answer, Case, Infeasible, case, case_of_matrix
from .choice import choose
from .intake import Asked, Read, coverage
from .maxcover import max_cover
from .median import p_median
from .report import points_table
from .setcover import set_cover
from .sphere import great_circle_km

__all__ = [
    "Answer",
    "Asked",
    "Case",
    "Infeasible",
    "Read",
    "capacitated",
    "case",
    "case_of_matrix",
    "choose",
    "coverage",
    "great_circle_km",
    "max_cover",
    "p_median",
    "points_table",
    "set_cover",
]
