"""A name that stays Chinese on an English page says so to whoever reads it aloud."""

import pytest
from django.utils.translation import override

from seawall.interfaces.words import han


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("en", "朱明文", '<span lang="zh-hans">朱明文</span>'),
        ("en", "Zhu Mingwen", "Zhu Mingwen"),
        ("en", "<李>", '<span lang="zh-hans">&lt;李&gt;</span>'),
        ("en", None, ""),
        ("zh-hans", "朱明文", "朱明文"),
    ],
)
def test_a_chinese_name_is_marked_where_the_page_is_english(language: str, name: str | None, said: str) -> None:
    with override(language):
        assert han(name) == said
