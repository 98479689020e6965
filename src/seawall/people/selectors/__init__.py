"""What others may ask the people room."""

from .dues import conditions, dose_rows, due_frame, due_rows, due_status_on, given_frame, population_frame
from .imports import import_page, imports
from .persons import (
    DocumentRow,
    LivingRow,
    candidates,
    contacts,
    documents,
    identify,
    leaves,
    living,
    person,
    persons,
    present,
    reaching,
    roots,
    search,
)
from .rosters import organisation, organisation_rows, organisations, roster
from .whys import source_of, turns_on, why_dose, why_due

__all__ = [
    "DocumentRow",
    "LivingRow",
    "candidates",
    "conditions",
    "contacts",
    "documents",
    "dose_rows",
    "due_frame",
    "due_rows",
    "due_status_on",
    "given_frame",
    "identify",
    "import_page",
    "imports",
    "leaves",
    "living",
    "organisation",
    "organisation_rows",
    "organisations",
    "person",
    "persons",
    "population_frame",
    "present",
    "reaching",
    "roots",
    "roster",
    "search",
    "source_of",
    "turns_on",
    "why_dose",
    "why_due",
]
