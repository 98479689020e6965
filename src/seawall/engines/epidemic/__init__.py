"""Contacts, coverage and measures -> infections: an age-structured transmission model, and what a vaccine is worth in it."""

from .agents import agents
from .barrier import Assumed, averted_outbreak, barrier, needed
from .calibrate import Calibrated, Reported, calibrate
from .check import check
from .compiling import compile_all
from .contacts import ages_implied, basic_reproduction, final_size, growth_rate, next_generation, spectral_radius
from .ensemble import Ensemble, bands, ensemble, spread
from .files import epidemic_on_files
from .load import load_scenario, toml_text
from .prioritise import best, prioritise
from .run import Course, curves_frame, outcome, run, summary
from .scenario import Disease, Layer, Measure, Order, Scenario, Vaccine
from .worth import BANDS, Assumption, Worth, assumptions, weighs, worth

__all__ = [
    "BANDS",
    "Assumed",
    "Assumption",
    "Calibrated",
    "Course",
    "Disease",
    "Ensemble",
    "Layer",
    "Measure",
    "Order",
    "Reported",
    "Scenario",
    "Vaccine",
    "Worth",
    "agents",
    "ages_implied",
    "assumptions",
    "averted_outbreak",
    "bands",
    "barrier",
    "basic_reproduction",
    "best",
    "calibrate",
    "check",
    "compile_all",
    "curves_frame",
    "ensemble",
    "epidemic_on_files",
    "final_size",
    "growth_rate",
    "load_scenario",
    "needed",
    "next_generation",
    "outcome",
    "prioritise",
    "run",
    "spectral_radius",
    "spread",
    "summary",
    "toml_text",
    "weighs",
    "worth",
]  # fmt: skip
