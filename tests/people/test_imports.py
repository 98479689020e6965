"""Files of people: staged, shown, committed; every rejected row comes back with its reason and nothing is half-written."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from seawall.people import selectors
from seawall.people.models import DoseEvent, ImportRow, Membership, Person
from seawall.people.services import file_commit, file_stage, import_rejects
from seawall.people.services import imports as importing
from seawall.platform.files import workbooks
from seawall.terms.actor import Reach
from seawall.terms.acts import Refused

from .conftest import resident_id

pytestmark = pytest.mark.django_db
GOOD = resident_id(date(1980, 5, 1), 11)
SECOND = resident_id(date(1975, 7, 9), 22)


def roster_csv(*rows, encoding="utf-8"):
    lines = ["姓名,证件号码,出生日期,电话,岗位,见证人", *rows]
    return "\r\n".join(lines).encode(encoding)


def problems(page):
    return [(p.row, p.column, p.code) for p in page.problems]


def test_a_gb18030_file_with_bad_rows_takes_the_good_and_returns_the_rest(anyone, school):
    content = roster_csv(
        f"张三丰,{GOOD},,15400000001,教师,",
        "李四,509999198005010099,,,,",
        f"王五,{GOOD},,,,",
        "赵六,,1990-02-30,,,",
        f"孙七,{SECOND},1975-07-08,123,,",
        ",,1990-01-01,,,邻居",
        "钱八,,1991-03-04,,,邻居王",
        encoding="gb18030",
    )
    page = selectors.import_page(anyone, file_stage(anyone, "roster", "名册.csv", content, organisation_id=school))
    assert (page.taken, page.corrected, page.refused) == (2, 0, 5)
    assert problems(page) == [
        (3, "document_number", "DOCUMENT_CHECK_DIGIT"),
        (4, "document_number", "IMPORT_ROW_TWICE"),
        (5, "birth", "CELL_NO_DATE"),
        (5, "document_number", "IDENTITY_NEEDS_WITNESS"),
        (6, "phone", "PHONE_PATTERN"),
        (6, "birth", "DOCUMENT_BIRTH_DIFFERS"),
        (7, "name", "CELL_EMPTY"),
    ]
    assert Person.objects.count() == 0
    assert file_commit(anyone, page.import_id) == {"done": 2, "refused": 5}
    assert sorted(Person.objects.values_list("name", flat=True)) == ["张三丰", "钱八"]
    assert Membership.objects.filter(organisation_id=school, role="教师").count() == 1
    members = selectors.roster(anyone, school, date(2030, 1, 1))
    assert [m.name for m in members] == ["钱*", "张*丰"]


def test_rejects_come_back_as_a_file_with_rule_and_remedy_and_masked_values(anyone, school):
    content = roster_csv("李四,509999198005010099,,,,", '=HYPERLINK("x"),,1990-01-01,,,邻居')
    import_id = file_stage(anyone, "roster", "a.csv", content, organisation_id=school)
    body = import_rejects(anyone, import_id)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[1][:4] == ["2", "证件号码 Document number", "509***********0099", "DOCUMENT_CHECK_DIGIT"]
    assert rows[1][4] == "证件类型表" and "校验码" in rows[1][5]
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_a_workbook_shows_numbers_that_it_spoilt(anyone, school):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证件号码", "出生日期"])
    book.active.append(["张三丰", int(GOOD[:17] + "0"), None])
    book.active.append(["李四", SECOND, date(1975, 7, 9)])
    file = io.BytesIO()
    book.save(file)
    page = selectors.import_page(
        anyone, file_stage(anyone, "roster", "roster.xlsx", file.getvalue(), organisation_id=school)
    )
    assert (page.taken, page.refused) == (1, 1)
    assert problems(page) == [(2, "document_number", "DOCUMENT_SPOILT_BY_SPREADSHEET")]


def test_what_can_be_put_right_is_put_right_and_told(anyone, school):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in GOOD)
    import_id = file_stage(anyone, "roster", "a.csv", roster_csv(f"张三丰,{wide},,,,"), organisation_id=school)
    page = selectors.import_page(anyone, import_id)
    assert (page.corrected, problems(page)) == (1, [(2, "document_number", "DOCUMENT_PUT_RIGHT")])
    file_commit(anyone, import_id)
    assert selectors.identify(GOOD, date(1980, 5, 1)) is not None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"PK\x03\x04 this is a workbook", "FILE_NOT_WHAT_IT_CLAIMS"),
        ("a.xlsx", "姓名,证件号码".encode(), "FILE_NOT_WHAT_IT_CLAIMS"),
        ("a.pdf", b"%PDF-1.4", "FILE_KIND"),
        ("a.csv", b"  \r\n", "FILE_EMPTY"),
        ("a.csv", b"\xff\xff\xff\xff,\x81", "FILE_ENCODING"),
        ("a.csv", "证件号码,电话".encode(), "FILE_COLUMN_MISSING"),
        ("a.csv", "姓名,姓名".encode(), "FILE_COLUMN_TWICE"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused_by_name(anyone, school, name, content, code):
    with pytest.raises(Refused) as refused:
        file_stage(anyone, "roster", name, content, organisation_id=school)
    assert refused.value.refusal.code == code
    assert refused.value.refusal.params["file"] == name


def test_the_same_file_again_is_the_same_import_and_commits_once(anyone, school):
    content = roster_csv(f"张三丰,{GOOD},,,,")
    first = file_stage(anyone, "roster", "a.csv", content, organisation_id=school)
    assert file_stage(anyone, "roster", "b.csv", content, organisation_id=school) == first
    assert file_commit(anyone, first) == file_commit(anyone, first) == {"done": 1}
    assert Person.objects.count() == 1


def test_a_commit_that_was_killed_goes_on_where_it_stopped(anyone, school, monkeypatch):
    rows = [f"人甲,{resident_id(date(1980, 5, 1), n)},,,," for n in range(100, 110)]
    import_id = file_stage(anyone, "roster", "a.csv", roster_csv(*rows), organisation_id=school)
    monkeypatch.setattr(importing, "CHUNK", 4)
    assert importing._commit_some(anyone, import_id) == 4
    assert Person.objects.count() == 4
    assert ImportRow.objects.filter(state="done").count() == 4
    assert file_commit(anyone, import_id) == {"done": 10}
    assert Person.objects.count() == 10


def test_a_known_person_joins_and_another_name_does_not(anyone, school, people):
    (known,) = people(11)
    people(22, birth=date(1975, 7, 9), name="李小龙")
    content = roster_csv(f"张三丰,{GOOD},,,厨师,", f"王老五,{SECOND},,,,")
    import_id = file_stage(anyone, "roster", "a.csv", content, organisation_id=school)
    assert file_commit(anyone, import_id) == {"done": 1, "refused": 1}
    assert list(Membership.objects.values_list("person_id", flat=True)) == [known]
    page = selectors.import_page(anyone, import_id)
    assert problems(page) == [(3, "name", "NAME_DIFFERS")]
    assert not page.problems[0].params  # whose document it is, is nobody's business who brings a roster


def test_a_history_is_imported_for_those_who_are_known(anyone, people):
    (person,) = people(11)
    lines = [
        "姓名,证件号码,接种日期,疫苗品种,批号,来源",
        f"张三丰,{GOOD},2021-01-05,BIBP,A1,history",
        f"张三丰,{GOOD},2021/1/5,BIBP,A1,",
        f"张三丰,{GOOD},1979-01-01,BIBP,,",
        f"张三丰,{GOOD},2021-02-03,XYZ,,",
        f"李四,{GOOD},2021-02-04,BIBP,,elsewhere",
        f"张三丰,{SECOND},2021-02-04,BIBP,,",
        f"张三丰,{GOOD},2021年2月5日,bibp,A2,mars",
        f"张三丰,{GOOD},2021年2月6日,bibp,A2,elsewhere",
    ]
    import_id = file_stage(anyone, "doses", "h.csv", "\n".join(lines).encode(), programme="covid19-cn")
    page = selectors.import_page(anyone, import_id)
    assert problems(page) == [
        (3, "given_on", "IMPORT_ROW_TWICE"),
        (4, "given_on", "DOSE_BEFORE_BIRTH"),
        (5, "product", "PRODUCT_NOT_OF_PROGRAMME"),
        (6, "name", "NAME_DIFFERS"),
        (7, "document_number", "PERSON_OF_DOCUMENT_UNKNOWN"),
        (8, "source", "DOSE_SOURCE_UNKNOWN"),
        (8, "product", "CELL_PUT_RIGHT"),
        (9, "product", "CELL_PUT_RIGHT"),
    ]
    assert file_commit(anyone, import_id) == {"done": 2, "refused": 6}
    rows = selectors.dose_rows([person], "covid19-cn")[person]
    assert [(d.given_on, d.dose_rank, d.lot) for d in rows] == [
        (date(2021, 1, 5), 1, "A1"),
        (date(2021, 2, 6), 2, "A2"),
    ]
    assert DoseEvent.objects.count() == 2


def test_an_import_is_seen_only_by_those_who_may_see_its_organisation(anyone, school):
    liaison = replace(anyone, reach=Reach(organisations=frozenset({school})))
    stranger = replace(anyone, reach=Reach(organisations=frozenset({school + 1})))
    import_id = file_stage(liaison, "roster", "a.csv", roster_csv(f"张三丰,{GOOD},,,,"), organisation_id=school)
    assert file_commit(liaison, import_id) == {"done": 1}
    assert selectors.imports(liaison, school)[0].taken == 1
    with pytest.raises(Refused):
        file_stage(stranger, "roster", "b.csv", roster_csv(f"李四,{SECOND},,,,"), organisation_id=school)
    with pytest.raises(Refused):
        selectors.import_page(stranger, import_id)
    with pytest.raises(Refused):
        file_commit(stranger, import_id)


def test_a_file_without_organisation_is_committed_only_by_the_post_that_staged_it(anyone, leaf):
    officer = replace(anyone, post_id=8, reach=Reach(leaves=frozenset({leaf})))
    stranger = replace(anyone, post_id=9, reach=Reach(leaves=frozenset({leaf + 1})))
    import_id = file_stage(officer, "roster", "a.csv", roster_csv(f"张三丰,{GOOD},,,,"))
    before = list(ImportRow.objects.values_list("state", "problems"))
    with pytest.raises(Refused) as refused:
        file_commit(stranger, import_id)
    assert refused.value.refusal.code == "IMPORT_UNKNOWN"
    assert list(ImportRow.objects.values_list("state", "problems")) == before


def test_a_history_is_staged_only_by_posts_that_may_write_doses(anyone, school):
    liaison = replace(
        anyone, grants=frozenset({"import_stage", "import_commit"}), reach=Reach(organisations=frozenset({school}))
    )
    content = f"姓名,证件号码,接种日期,疫苗品种\n张三丰,{GOOD},2021-01-05,BIBP".encode()
    with pytest.raises(Refused) as refused:
        file_stage(liaison, "doses", "h.csv", content, organisation_id=school)
    assert refused.value.refusal.code == "NOT_PERMITTED"
    doctor = replace(liaison, grants=liaison.grants | {"dose_enter"})
    assert file_stage(doctor, "doses", "h.csv", content, organisation_id=school, programme="covid19-cn")


def test_a_history_whose_programme_nobody_names_is_not_guessed(anyone):
    content = f"姓名,证件号码,接种日期,疫苗品种\n张三丰,{GOOD},2021-01-05,BIBP".encode()
    with pytest.raises(Refused) as refused:
        file_stage(anyone, "doses", "h.csv", content)
    assert refused.value.refusal.code == "PROGRAMME_NOT_NAMED"


def test_a_workbook_that_unpacks_beyond_all_measure_is_not_opened(anyone):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * (workbooks.MOST_UNPACKED + 1))
    with pytest.raises(Refused) as refused:
        file_stage(anyone, "roster", "a.xlsx", packed.getvalue())
    assert refused.value.refusal.code == "FILE_TOO_LONG"
