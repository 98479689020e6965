"""A little city for the people room: the real streets, a few persons, and makers of items."""

import io
from datetime import date

import openpyxl
import pytest

from seawall.people import selectors
from seawall.people.services import file_stage, organisation_register, persons_register
from seawall.platform import sql
from seawall.reference.plugs.china.numbers import check_digit
from seawall.reference.selectors import city, leaves
from seawall.reference.services import city_load
from seawall.terms.codes import DoseSource, Sex
from seawall.terms.people import DocumentGiven, DoseRecord, PersonRegister
from seawall.terms.rosters import OrganisationRegister

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND starts_with(tablename, 'reference_')"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Reference data for each module of this folder, taken away after it."""
    with django_db_blocker.unblock():
        city_load("chongqing")
    yield
    with django_db_blocker.unblock():
        sql.execute(f"TRUNCATE {', '.join(name for (name,) in sql.fetch(TABLES))} CASCADE")


@pytest.fixture
def leaf(loaded, db) -> int:
    city()  # read before a test counts statements
    return leaves(date(2021, 4, 10))[0].area_id


@pytest.fixture
def other_leaf(loaded, db) -> int:
    return leaves(date(2021, 4, 10))[1].area_id


def resident_id(birth: date, serial: int) -> str:
    """A well-formed number under a division never issued."""
    body = f"509999{birth:%Y%m%d}{serial:03d}"
    return body + check_digit(body)


@pytest.fixture
def newcomer(act, noon, leaf):
    """Make a registration; serial tells people apart."""

    def make(serial, name="张三丰", birth=date(1980, 5, 1), **more):
        document = DocumentGiven(kind="RESIDENT_ID", number=resident_id(birth, serial))
        given = {
            "act": act("register", serial),
            "occurred_at": noon,
            "name": name,
            "sex": Sex.MALE if serial % 2 else Sex.FEMALE,
            "birth": birth,
            "leaf_id": leaf,
            "documents": (document,),
        }
        return PersonRegister(**(given | more))

    return make


@pytest.fixture
def people(anyone, newcomer):
    """Register persons by serial; their ids."""

    def make(*serials, **more):
        outcomes = persons_register(anyone, [newcomer(n, **more) for n in serials])
        assert all(o.done for o in outcomes), [o.refusal for o in outcomes if o.refusal]
        return [o.answer["person_id"] for o in outcomes]

    return make


@pytest.fixture
def dose(act, noon):
    """Make a line of history."""

    def make(person_id, given_on, product="BIBP", name=None, **more):
        given = {
            "act": act("dose", person_id, name or given_on),
            "occurred_at": noon,
            "person_id": person_id,
            "programme": "covid19-cn",
            "given_on": given_on,
            "product": product,
            "source": DoseSource.HISTORY,
        }
        return DoseRecord(**(given | more))

    return make


@pytest.fixture
def school(anyone, act, noon, leaf):
    item = OrganisationRegister(
        act=act("school"),
        occurred_at=noon,
        name_zh="示例学校",
        kind="SCHOOL",
        sector="EDUCATION",
        leaf_id=leaf,
        uscc="91350100M000100Y43",
    )
    return organisation_register(anyone, [item])[0].answer["organisation_id"]


@pytest.fixture
def stage(anyone, school):
    """Stage a file as text, as rows of cells, or as a workbook; the page of what would become of it."""

    def make(content, kind="roster", who=anyone, organisation=None, **more):
        organisation = school if kind == "roster" and organisation is None else organisation
        if kind == "doses":
            more.setdefault("programme", "covid19-cn")
        if isinstance(content, list):
            content = "\n".join(",".join(str(cell) for cell in row) for row in content)
        if isinstance(content, openpyxl.Workbook):
            file = io.BytesIO()
            content.save(file)
            name, content = "sheet.xlsx", file.getvalue()
        else:
            name, content = "sheet.csv", content.encode() if isinstance(content, str) else content
        import_id = file_stage(who, kind, name, content, organisation_id=organisation or None, **more)
        return selectors.import_page(who, import_id)

    return make


def problems(page):
    """Row, column and code of everything that is said of the rows."""
    return [(p.row, p.column, p.code) for p in page.problems]


def notes(page):
    """What is said of the file."""
    return {n.code: n.params for n in page.notes}
