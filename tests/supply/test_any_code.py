"""Whatever a scanner or a hand sends is a code or a refusal by name."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seawall.supply.codes import Code, read
from seawall.terms.acts import Refusal

IDENTIFIERS = st.sampled_from(["", "]", "]C", "]C1", "]d2", "]Q3", "]e0", "]E0", "]Z9", "]1"])
BODIES = st.text(st.characters(codec="utf-8"), max_size=60) | st.from_regex(
    r"(\(?0[01]\)?[0-9]{0,20}|\(?1[07]\)?[0-9A-Z/]{0,12}|\(?21\)?[0-9A-Za-z]{0,22}|\x1d){0,5}", fullmatch=True
)


@given(IDENTIFIERS, BODIES)
@example("]", "")
@example("]C", "")
@example("", "\x1d")
@example("", "(01)")
@example("]d2", "17991332")
def test_any_text_is_a_code_or_a_refusal(identifier: str, body: str) -> None:
    found = read(identifier + body)
    assert isinstance(found, Code | Refusal)
    if isinstance(found, Code):
        assert found.key and found.raw == (identifier + body).encode()


@pytest.mark.parametrize("text", ["]", "]C", "]9", "] "])
def test_an_identifier_cut_off_is_no_code(text: str) -> None:
    found = read(text)
    assert isinstance(found, Refusal) and found.code == "BAD_TRACE_CODE"
