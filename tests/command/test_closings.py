"""What closings froze adds up to the history, whichever evening it was recorded on."""

from seawall.platform import sql

HISTORY = """
SELECT e.given_on, p.leaf_id, coalesce(v.dose_rank, 0), coalesce(e.product, ''), count(*)::int FROM people_doseverdict v
JOIN people_doseevent e ON e.person_id = v.person_id AND e.act = v.act JOIN people_person p ON p.id = v.person_id
WHERE e.given_on <= (SELECT max(day) FROM reports_closing WHERE level = 'city') GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
FROZEN = """
SELECT own_day, leaf_id, dose_rank, product, sum(doses)::int FROM reports_given
GROUP BY 1, 2, 3, 4 HAVING sum(doses) <> 0 ORDER BY 1, 2, 3, 4
"""


def test_facts_of_all_closings_add_up_to_the_history(city, django_db_blocker):
    with django_db_blocker.unblock():
        assert sql.fetch(FROZEN) == sql.fetch(HISTORY)
        assert sql.fetch("SELECT count(DISTINCT closing_day) FROM reports_given")[0][0] > 20
