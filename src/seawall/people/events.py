"""Facts that the people room announces."""

PERSON_MERGED = "PersonMerged"
"""owner person (the alias); payload: into."""

PERSON_UNMERGED = "PersonUnmerged"
"""owner person (the former alias); payload: into."""

RECORD_CORRECTED = "RecordCorrected"
"""owner person; payload: what (person | dose). Something that was told of the person before is no longer so."""
