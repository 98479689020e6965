"""docs/rules/ says what the tables of tests/spec say."""

from tests.spec.manual import DOCS, pages


def test_the_manual_is_up_to_date():
    made = pages()
    kept = {str(path.relative_to(DOCS)): path.read_text(encoding="utf-8") for path in DOCS.rglob("*.*")}
    stale = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
    assert not stale, "make it again with: python -m tests.spec.manual"
