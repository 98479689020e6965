"""What stands in SQL text: whose tables a room reads, and that no value is written into a statement."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings

from .parsed import PACKAGE, sources, tree, within

TABLE = re.compile(
    rf"\b(?:FROM|JOIN|UPDATE|INTO|ONLY|TRUNCATE|TABLE)\s+\"?(?P<room>{'|'.join(settings.ROOMS)})_[a-z]\w*", re.I
)
STATEMENT = re.compile(r"\b(?:SELECT\b.*\bFROM|INSERT INTO|UPDATE\b.*\bSET|DELETE FROM)\b", re.S)
READS_ALL = {"reports"}  # it joins what the rooms before it hold, and writes only its own

# Pieces of text that stand in a statement under a name in small letters: each is chosen among constants of its module,
# or made of column names. A value travels as a parameter, never as text.
PIECES = {
    "booking/selectors.py": {"going"},
    "campaigns/services/loading.py": {"renew", "name"},
    "clinic/steps.py": {"stamp", "also"},
    "people/reach.py": {"condition"},
    "people/selectors/dues.py": {"of_them", "they", "some", "keep", "columns"},
    "people/selectors/persons.py": {"condition", "some", "where"},
    "people/services/due.py": {"sets", "old", "new"},
    "people/services/groups.py": {"source"},
    "people/services/imports.py": {"int(import_id)"},
    "people/services/persons.py": {"sequence"},
    "platform/rotation.py": {
        "beyond",
        "index",
        "key",
        "on",
        "others",
        "same",
        "self._name",
        "self._old",
        "self.sealed",
        "source",
    },
    "platform/selectors.py": {"_column"},
    "platform/snapshot.py": {"rows", "table"},
    "platform/sql.py": {"names", "reads", "typed", "connection.ops.quote_name(table._meta.db_table)"},
    "reference/services/mirror.py": {"sets", "match", "changed", "table._meta.db_table"},
    "reports/selectors/series.py": {"sums"},
    "sites/selectors.py": {"going"},
    "sites/services/days.py": {"column", "state"},
}


def foreign(text: str, room: str) -> set[str]:
    """Rooms whose tables the text names, beside its own."""
    return {found["room"].lower() for found in TABLE.finditer(text)} - {room}


def texts(code: ast.AST) -> Iterator[str]:
    yield from (n.value for n in ast.walk(code) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def pieces(code: ast.AST) -> Iterator[str]:
    """Expressions that are written into SQL text."""
    for node in ast.walk(code):
        if isinstance(node, ast.JoinedStr):
            text = "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
            if STATEMENT.search(text):
                yield from (ast.unparse(v.value) for v in node.values if isinstance(v, ast.FormattedValue))


def is_constant(piece: str) -> bool:
    """A constant in capitals (also of another module, chosen by key, filled with a literal), or a list of columns."""
    if re.match(r"sql\.unnest\(", piece) or re.fullmatch(r"', '\.join\(keys?\)|\w+_on\(\)", piece):
        return True
    return re.fullmatch(r"(?:\w+\.)?[A-Z][A-Z_]*(?:\[\w+\]|\.format\(t='\w'\))?", piece) is not None


@pytest.mark.parametrize("room", settings.ROOMS)
def test_a_room_reads_its_own_tables_only(room):
    if room in READS_ALL:
        return
    for path in within(room):
        for text in texts(tree(path)):
            assert not (others := foreign(text, room)), f"{path.relative_to(PACKAGE)} names tables of {others}"


def test_what_stands_outside_the_rooms_names_no_table():
    for place in ("engines", "terms", "interfaces", "config"):
        for path in within(place):
            found = [foreign(text, "") for text in texts(tree(path))]
            assert not any(found), f"{path.relative_to(PACKAGE)} names tables of {set().union(*found)}"


def test_no_value_is_written_into_a_statement():
    seen: dict[str, set[str]] = {}
    for path in sources():
        found = {p for p in pieces(tree(path)) if not is_constant(p)}
        if found:
            seen[path.relative_to(PACKAGE).as_posix()] = found
    assert seen == PIECES, "write values as parameters; a piece chosen among constants is named in PIECES"


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("SELECT 1 FROM people_person", {"people"}),
        ("WITH x AS (DELETE FROM supply_balance) SELECT", {"supply"}),
        ("UPDATE sites_slot SET n = 1", {"sites"}),
        ('INSERT INTO "clinic_visit" (a)', {"clinic"}),
        ("SELECT 1\n  from booking_appointment a join staff_post b", {"booking", "staff"}),
        ("SELECT clinic_visit FROM command_worth", set()),
    ],
)
def test_the_search_sees_a_table_of_another_room(text, rooms):
    assert foreign(text, "command") == rooms


def test_the_search_sees_a_value_in_a_statement():
    code = ast.parse('fetch(f"SELECT a FROM b WHERE c = {name} AND {MINE}"); log(f"UPDATE of {name}")')
    assert [p for p in pieces(code) if not is_constant(p)] == ["name"]
