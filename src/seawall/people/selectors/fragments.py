"""What a later room joins in one statement over millions: who lives here, and what they are due. Columns stay those of these texts."""

LIVING_DUES = """people_due d JOIN people_person p
    ON p.id = d.person_id AND p.merged_into IS NULL AND p.state = 'active'"""
"""Due rows `d` (person_id, programme, status, dose_rank, earliest, overdue_from, doses_given) of persons `p` (id, leaf_id)."""

LIVING_PERSONS = """(SELECT id, leaf_id, household_id, phone_sealed IS NOT NULL AS has_phone FROM people_person
    WHERE merged_into IS NULL AND state = 'active')"""
"""Persons who live here: id, leaf_id, household_id, has_phone."""
