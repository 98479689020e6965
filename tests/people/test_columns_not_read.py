"""Columns that nobody reads are named, and the usual words are known (case columns-not-read)."""

from datetime import date

import pytest

from seawall.people.models import Document, Membership, Person
from seawall.people.services import file_commit
from seawall.people.staging import values
from seawall.terms.acts import Refusal, Refused

from .conftest import notes, problems, resident_id

pytestmark = pytest.mark.django_db
BIRTH = date(1987, 1, 1)
NUMBER = resident_id(BIRTH, 11)


def test_the_usual_words_for_columns_are_known(anyone, stage):
    head = ["姓名", "身份证号码", "联系电话", "现住址", "职务"]
    page = stage([head, ["列甲", NUMBER, "13800000011", "渝中区 解放碑街道", "教师"]])
    file_commit(anyone, page.import_id)
    assert Person.objects.get().phone_index is not None
    assert Membership.objects.filter(role="教师").count() == 1
    assert "联系电话 → 电话 (Telephone)" in notes(page)["IMPORT_COLUMNS_READ_AS"]["columns"]


@pytest.mark.parametrize(
    "word", ["身份证号", "身份证号码", "公民身份号码", "ID number", "*证件号码", "证件号码 Document number"]
)
def test_a_number_stands_under_any_of_its_words(stage, word):
    assert stage([["姓名", word], ["列甲", NUMBER]]).taken == 1


def test_columns_that_are_not_read_are_named_before_anything_is_registered(stage):
    page = stage([["序号", "姓名", "身份证号", "工号", ""], [1, "列甲", NUMBER, "A7", "备用"]])
    assert notes(page)["IMPORT_COLUMNS_NOT_READ"] == {"columns": "序号, 工号, E"}
    assert Person.objects.count() == 0


def test_a_column_by_its_own_name_goes_before_a_usual_word(stage):
    page = stage([["姓名", "证件号码", "手机号", "电话"], ["列甲", NUMBER, "123", "13800000011"]])
    assert (page.taken, notes(page)["IMPORT_COLUMNS_NOT_READ"]) == (1, {"columns": "手机号"})


def test_two_usual_words_for_one_column_are_not_chosen_from(stage):
    with pytest.raises(Refused) as refused:
        stage([["姓名", "证件号码", "手机号", "联系电话"], ["列甲", NUMBER, "", ""]])
    assert refused.value.refusal.code == "FILE_COLUMN_TWICE"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("身份证", "RESIDENT_ID"),
        ("01", "RESIDENT_ID"),
        ("1", "RESIDENT_ID"),
        ("居民身份证", "RESIDENT_ID"),
        ("二代身份证", "RESIDENT_ID"),
        ("resident identity card", "RESIDENT_ID"),
        ("外国护照", "PASSPORT_FOREIGN"),
        ("03", "DOCUMENT_KIND_SEVERAL"),
        ("工作证", "DOCUMENT_KIND_UNKNOWN"),
    ],
)
def test_a_kind_of_document_by_name_or_code(word, kind):
    found = values.document_kind("document_kind", word)
    assert (found.code if isinstance(found, Refusal) else found) == kind


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("德国", "DE"),
        ("DEU", "DE"),
        ("de", "DE"),
        ("Germany", "DE"),
        ("United States", "US"),
        ("中国", "CN"),
        ("亚特兰蒂斯", None),
    ],
)
def test_a_country_by_name_or_letters(word, code):
    found = values.country("country", word)
    assert found == code or (code is None and found.code == "COUNTRY_UNKNOWN")


@pytest.mark.parametrize(
    ("word", "sex"), [("男性", "1"), ("男", "1"), ("m", "1"), ("女性", "2"), ("Female", "2"), ("2", "2")]
)
def test_a_sex_in_its_usual_words(word, sex):
    assert values.sex("sex", word) == sex


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("渝中区 解放碑街道", None),
        ("重庆市渝中区解放碑街道", None),
        ("重庆渝中区解放碑街道", None),
        ("500103003", None),
        ("500103003000", None),
        ("500103003001", "AREA_OF_ADDRESS"),
        ("重庆市渝中区解放碑街道民权路12号", "AREA_OF_ADDRESS"),
        ("解放碑街道", None),
    ],
)
def test_a_street_in_any_spelling_that_names_it(stage, written, note):
    page = stage([["姓名", "证件号码", "居住地"], ["列甲", NUMBER, written]])
    assert page.refused == 0
    assert page.samples[0].cells["area"]["zh"] == "解放碑街道"
    assert [p.code for p in page.problems] == ([note] if note else [])


@pytest.mark.parametrize(("written", "code"), [("走马镇", "LEAF_NAME_SEVERAL"), ("某某街道", "LEAF_NAME_UNKNOWN")])
def test_a_street_that_is_not_one_street_is_refused(stage, written, code):
    assert problems(stage([["姓名", "证件号码", "居住地"], ["列甲", NUMBER, written]])) == [(2, "area", code)]


def test_a_street_by_its_english_name_with_spaces(stage):
    page = stage(
        [["Name", "Document number", "Area"], ["Lie Jia", NUMBER, '"Jiefangbei Subdistrict, Yuzhong District"']]
    )
    assert (page.refused, page.samples[0].cells["area"]["zh"]) == (0, "解放碑街道")


@pytest.mark.parametrize("country", ["", "CN", "中国"])
def test_a_foreign_passport_is_never_one_of_china(stage, country):
    head = ["姓名", "证件类型", "证件号码", "国家或地区", "性别", "出生日期"]
    page = stage([head, ["Max Muster", "外国护照", "C01X00T47", country, "男", "1985-01-01"]])
    assert problems(page) == [(2, "country", "DOCUMENT_COUNTRY_MISSING")]


def test_a_foreign_passport_keeps_the_country_that_was_written(anyone, stage):
    head = ["姓名", "证件类型", "证件号码", "国家或地区", "性别", "出生日期"]
    page = stage([head, ["Max Muster", "外国护照", "C01X00T47", "德国", "男性", "1985-01-01"]])
    file_commit(anyone, page.import_id)
    assert Document.objects.get().country == "DE"


@pytest.mark.parametrize(
    ("written", "product"),
    [("bibp", "BIBP"), ("北京生物", "BIBP"), ("CoronaVac", "SVAC"), ("CVX:510", "BIBP"), ("国药", None)],
)
def test_a_product_by_code_or_name_is_put_right_and_said(stage, people, written, product):
    people(11, birth=BIRTH)
    head = ["姓名", "证件号码", "接种日期", "疫苗名称"]
    page = stage([head, ["张三丰", NUMBER, "2021-04-01", written]], "doses")
    assert problems(page) == [(2, "product", "CELL_PUT_RIGHT" if product else "PRODUCT_NOT_OF_PROGRAMME")]
    assert page.problems[0].params.get("value") == product
    assert product or "BIBP" in page.problems[0].params["expected"]
