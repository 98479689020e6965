"""Statistical signals from adverse event reports: pairs, running campaigns, lots, sites. A signal is a question, no cause."""

from .binomial import binomial_critical_value, binomial_llr, binomial_performance
from .clusters import clusters
from .counts import Cells, from_counts, from_reports
from .disproportionality import chi_square, information_component, prr, ror
from .expected import expected_counts, garwood, observed_against_expected, observed_expected
from .files import score_files
from .maxsprt import Design, Performance, critical_value, llr, performance, sample_size, signal_probability
from .outliers import false_discovery, funnel_limit, funnel_lines, outliers, silent
from .reading import Layout, read_cells
from .running import clusters_file, expected_files, sccs_file, sequential_file, units_file
from .sccs import Series, sccs
from .scoring import METHODS, Scores, score, signal, thresholds
from .sequential import sequential
from .shrinkage import Prior, fit, posterior
from .spending import SPENDINGS, Looks, spending_limits
from .words import reason, say

__all__ = [
    "METHODS",
    "SPENDINGS",
    "Cells",
    "Design",
    "Layout",
    "Looks",
    "Performance",
    "Prior",
    "Scores",
    "Series",
    "binomial_critical_value",
    "binomial_llr",
    "binomial_performance",
    "chi_square",
    "clusters",
    "clusters_file",
    "critical_value",
    "expected_counts",
    "expected_files",
    "false_discovery",
    "fit",
    "from_counts",
    "from_reports",
    "funnel_limit",
    "funnel_lines",
    "garwood",
    "information_component",
    "llr",
    "observed_against_expected",
    "observed_expected",
    "outliers",
    "performance",
    "posterior",
    "prr",
    "read_cells",
    "reason",
    "ror",
    "sample_size",
    "say",
    "sccs",
    "sccs_file",
    "score",
    "score_files",
    "sequential",
    "sequential_file",
    "signal",
    "signal_probability",
    "silent",
    "spending_limits",
    "thresholds",
    "units_file",
]
