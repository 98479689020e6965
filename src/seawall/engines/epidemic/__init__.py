"""Contacts, coverage and measures -> infections: an age-structured transmission model, and what a vaccine is worth in it."""

from .check import check
from .contacts import ages_implied, basic_reproduction, final_size, growth_rate, next_generation, spectral_radius
from .files import epidemic_on_files
from .load import load_scenario
from .run import Course, curves_frame, outcome, run, summary
from .scenario import Disease, Layer, Measure, Order, Scenario, Vaccine

__all__ = [
    "Course", "Disease", "Layer", "Measure", "Order", "Scenario", "Vaccine", "ages_implied", "basic_reproduction", "check",
    "curves_frame", "epidemic_on_files", "final_size", "growth_rate", "load_scenario", "next_generation", "outcome", "run",
    "spectral_radius", "summary",
]  # fmt: skip
