"""Numbers that identify: what is hard, what only warns, and what a spreadsheet spoils. Each row of a table is a rule."""

from datetime import date

import pytest

from seawall.people import identity
from seawall.people.identity import Checked, check
from seawall.people.names import name_key, sounds_like
from seawall.reference.plugs.china.numbers import check_digit
from seawall.terms.acts import Refusal
from seawall.terms.codes import Sex

pytestmark = pytest.mark.usefixtures("chongqing")


def code(kind, number, country="CN"):
    answer = check(kind, number, country)
    return answer.code if isinstance(answer, Refusal) else "ok"


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("11010519491231002X", "ok"),  # the standard's own example
        ("440524188001010014", "ok"),
        ("11010519491231002x", "ok"),  # lower-case x
        ("１１０１０５１９４９１２３１００２Ｘ", "ok"),  # full width
        ("110105 1949-1231 002X", "ok"),  # as people write it
        ("110105491231002", "ok"),  # 15 digits of before 2000
        (
            "99999919900101123" + check_digit("99999919900101123"),
            "ok",
        ),  # a division code is never a reason to refuse
        ("110105194912310021", "DOCUMENT_CHECK_DIGIT"),
        ("11010519491331002X", "DOCUMENT_BIRTH_DATE"),
        ("11010519490229002X", "DOCUMENT_BIRTH_DATE"),
        ("1101051949123100", "DOCUMENT_LENGTH"),
        ("11010519491231002XX", "DOCUMENT_LENGTH"),
        ("11010519491231O02X", "DOCUMENT_PATTERN"),
        ("1.10105194912310E+17", "DOCUMENT_SPOILT_BY_SPREADSHEET"),
        ("110105194912310000", "DOCUMENT_SPOILT_BY_SPREADSHEET"),
    ],
)
def test_resident_numbers(number, verdict):
    assert code("RESIDENT_ID", number) == verdict


def test_a_number_of_15_digits_is_found_under_its_18():
    short, long = check("RESIDENT_ID", "110105491231002"), check("RESIDENT_ID", "11010519491231002X")
    assert isinstance(short, Checked)
    assert short == long


def test_a_resident_number_tells_birth_and_sex():
    found = check("RESIDENT_ID", "11010519491231002X")
    assert isinstance(found, Checked)
    assert (found.birth, found.sex) == (date(1949, 12, 31), Sex.FEMALE)


def test_chongqing_numbers_of_before_1997_are_as_good_as_any():
    body = "51021219650312001"
    assert code("RESIDENT_ID", body + check_digit(body)) == "ok"


@pytest.mark.parametrize("prefix", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan(prefix):
    body = prefix + "19940823002"
    assert code("HMT_RESIDENCE", body + check_digit(body)) == "ok"
    assert code("HMT_RESIDENCE", body + ("0" if check_digit(body) != "0" else "1")) == "DOCUMENT_CHECK_DIGIT"
    other = "110105" + "19940823002"
    assert code("HMT_RESIDENCE", other + check_digit(other)) == "DOCUMENT_PATTERN"


@pytest.mark.parametrize(
    ("kind", "number", "country", "verdict"),
    [
        ("HMT_PERMIT", "H12345678", "CN", "ok"),
        ("HMT_PERMIT", "M1234567801", "CN", "ok"),
        ("HMT_PERMIT", "K12345678", "CN", "DOCUMENT_PATTERN"),
        ("TAIWAN_PERMIT", "12345678", "CN", "ok"),
        ("TAIWAN_PERMIT", "1234567801", "CN", "ok"),
        ("TAIWAN_PERMIT", "123456789", "CN", "DOCUMENT_PATTERN"),
        ("PASSPORT_CN", "E12345678", "CN", "ok"),
        ("PASSPORT_CN", "EA1234567", "CN", "ok"),
        ("PASSPORT_CN", "G12345678", "CN", "ok"),
        ("PASSPORT_CN", "X12345678", "CN", "DOCUMENT_PATTERN"),
        ("PASSPORT_FOREIGN", "C01X00T47", "DE", "ok"),
        ("PASSPORT_FOREIGN", "SYN000001", "ZZ", "ok"),
        ("PASSPORT_FOREIGN", "C01X00T47", "QQ", "COUNTRY_UNKNOWN"),
        ("PASSPORT_FOREIGN", "AB", "DE", "DOCUMENT_PATTERN"),
        ("FOREIGN_RESIDENCE", "USA110074010115", "CN", "ok"),
        ("MILITARY_ID", "南字第01234567号", "CN", "ok"),
        ("LIBRARY_CARD", "1", "CN", "DOCUMENT_KIND_UNKNOWN"),
    ],
)
def test_other_documents(kind, number, country, verdict):
    assert code(kind, number, country) == verdict


def test_a_foreign_residence_card_of_2023_has_a_check_digit():
    body = "91112319880801123"
    assert code("FOREIGN_RESIDENCE", body + check_digit(body)) == "ok"
    assert code("FOREIGN_RESIDENCE", body + ("0" if check_digit(body) != "0" else "1")) == "DOCUMENT_CHECK_DIGIT"


def test_a_renewed_permit_finds_the_same_person():
    first, renewed = check("HMT_PERMIT", "H1234567801"), check("HMT_PERMIT", "H1234567802")
    assert isinstance(first, Checked) and isinstance(renewed, Checked)
    assert first.lookup == renewed.lookup != first.number


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("91350100M000100Y43", ()),
        ("91512081MA62K0260E", ()),
        ("91512081MA62K0260A", ("USCC_CHECK_FAILED",)),  # warns, never blocks
        ("91350100M000100Y4I", ("USCC_CHECK_FAILED",)),
    ],
)
def test_credit_codes_warn_and_never_block(text, notes):
    assert identity.check_uscc(text) == (text, notes)


def test_a_credit_code_of_another_length_is_refused():
    assert identity.check_uscc("9135010").code == "USCC_LENGTH"


@pytest.mark.parametrize(
    ("text", "stored", "note"),
    [
        ("13812345678", "13812345678", ""),
        ("+86 138 1234 5678", "13812345678", ""),
        ("１３８１２３４５６７８", "13812345678", ""),
        ("15400000001", "15400000001", "PHONE_NOT_DIALABLE"),  # a code that nobody holds
        ("138-1234-5678", "13812345678", ""),
        ("12012345678", "12012345678", "PHONE_NOT_DIALABLE"),
        ("023-63000000", "02363000000", ""),
        ("+86 23 6300 0000", "02363000000", ""),
        ("+85298765432", "+85298765432", ""),
    ],
)
def test_telephones(text, stored, note):
    assert identity.check_phone(text) == (stored, note)


def test_what_is_no_telephone_is_refused():
    assert identity.check_phone("1381234567").code == "PHONE_PATTERN"


def test_masks_hide_the_middle():
    assert identity.masked("500101199003071234") == "500***********1234"
    assert identity.masked_phone("13812345678") == "138****5678"


def test_floats_of_a_spreadsheet_are_told_from_text():
    assert identity.spoilt(5.00101199003071e17)
    assert not identity.spoilt("500101199003071234")
    assert not identity.spoilt(20210401.0)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("曾丽", "zengli"),
        ("曾丽", "zl"),
        ("尉迟恭", "yuchigong"),
        ("任盈盈", "renyingying"),
        ("John Smith", "johnsmith"),
    ],
)
def test_names_are_found_by_pinyin_and_initials(name, typed):
    assert typed in name_key(name).split()


def test_names_that_sound_alike_share_a_key():
    assert sounds_like("曾丽") == sounds_like("曾莉")
