"""What the people room does on request."""

from .corrections import document_end, person_correct
from .doses import condition_record, dose_correct, dose_record
from .due import due_refresh, dues_catch_up, dues_refresh, dues_turn, people_behind, programmes_behind
from .entering import desk_code_issue, entry_ask, entry_codes_queue, entry_prove
from .groups import (
    contact_assign,
    document_link,
    household_join,
    household_register,
    households_reserve,
    membership_record,
    organisation_register,
    organisations_reserve,
    residence_record,
)
from .imports import file_commit, file_stage, import_commit, import_rejects, import_stage
from .matching import candidate_decide, person_merge, person_unmerge
from .persons import persons_register, persons_reserve
from .rules import Preview, rules_preview, rules_release

__all__ = [
    "Preview",
    "candidate_decide",
    "condition_record",
    "contact_assign",
    "desk_code_issue",
    "document_end",
    "document_link",
    "dose_correct",
    "dose_record",
    "due_refresh",
    "dues_catch_up",
    "dues_refresh",
    "dues_turn",
    "entry_ask",
    "entry_codes_queue",
    "entry_prove",
    "file_commit",
    "file_stage",
    "household_join",
    "household_register",
    "households_reserve",
    "import_commit",
    "import_rejects",
    "import_stage",
    "membership_record",
    "organisation_register",
    "organisations_reserve",
    "people_behind",
    "person_correct",
    "person_merge",
    "person_unmerge",
    "persons_register",
    "persons_reserve",
    "programmes_behind",
    "residence_record",
    "rules_preview",
    "rules_release",
]
