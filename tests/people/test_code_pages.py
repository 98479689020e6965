"""A code page is told by its bytes, or the sender is asked."""

from datetime import date

import pytest

from seawall.people.models import Person
from seawall.people.services import file_commit
from seawall.platform.files import books
from seawall.terms.acts import Refused

from .conftest import notes, resident_id

pytestmark = pytest.mark.django_db
NUMBER = resident_id(date(1980, 5, 1), 11)


@pytest.mark.parametrize(
    ("head", "name", "encoding"),
    [
        ("姓名,证件号码", "张三丰", "utf-8"),
        ("姓名,证件号码", "张三丰", "utf-8-sig"),
        ("姓名,证件号码", "张三丰", "utf-16"),
        ("姓名,证件号码", "张三丰", "gb18030"),
        ("name,document_number", "张三丰", "gb18030"),
        ("name,document_number", "陳大文", "utf-8"),
        ("name,document_number", "José Núñez", "utf-8"),
        ("name,document_number", "Анна", "utf-8"),
        ("name,document_number", "John Smith", "ascii"),
    ],
)
def test_a_name_is_read_as_it_was_written(anyone, stage, head, name, encoding):
    page = stage(f"{head}\n{name},{NUMBER}\n".encode(encoding))
    file_commit(anyone, page.import_id)
    assert Person.objects.get().name == name
    assert ("IMPORT_ENCODING" in notes(page)) == (encoding in {"gb18030", "utf-16"})


@pytest.mark.parametrize(
    ("name", "encoding"), [("陳麗娟", "big5"), ("Renée", "latin-1"), ("José", "latin-1"), ("田中花子様", "shift-jis")]
)
def test_bytes_that_may_be_anything_are_asked_about(stage, name, encoding):
    with pytest.raises(Refused) as refused:
        stage(f"name,document_number\n{name},{NUMBER}\n".encode(encoding))
    assert refused.value.refusal.code == "FILE_ENCODING"


@pytest.mark.parametrize(("chinese", "read"), [(True, None), (False, "Bè")])
def test_where_no_chinese_is_written_utf_8_is_not_taken_for_it(chinese, read):
    """The bytes of "Bè" in UTF-8 are "B" and a cat in GB 18030."""
    content = "name,area\nKofi,Bè\n".encode()
    if read is None:
        with pytest.raises(Refused, match="FILE_ENCODING"):
            books.read("a.csv", content, chinese=chinese)
    else:
        assert books.read("a.csv", content, chinese=chinese).sheets[0].lines[1][1] == ["Kofi", read]
