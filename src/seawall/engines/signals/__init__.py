"""Statistical signals from adverse event reports: pairs, running campaigns, lots, sites. A signal is a question, no cause."""

from .counts import Cells, from_counts, from_reports
from .disproportionality import chi_square, information_component, prr, ror
from .files import score_files
from .reading import Layout, read_cells
from .scoring import METHODS, Scores, score, signal, thresholds
from .shrinkage import Prior, fit, posterior

__all__ = [
    "METHODS",
    "Cells",
    "Layout",
    "Prior",
    "Scores",
    "chi_square",
    "fit",
    "from_counts",
    "from_reports",
    "information_component",
    "posterior",
    "prr",
    "read_cells",
    "ror",
    "score",
    "score_files",
    "signal",
    "thresholds",
]
