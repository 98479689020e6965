"""What a client sends becomes items, or every mistake comes back with its place and what was expected."""

import pytest

from seawall.interfaces import items
from seawall.platform.verbs import all_verbs
from seawall.reference.reasons import registry
from seawall.terms.visits import DoseGive

ID = "6f0c1a5e-0000-4000-8000-000000000000"
DOSE = {
    "act": ID,
    "occurred_at": "2021-04-10T09:00:00+08:00",
    "site_id": 3,
    "visit": ID,
    "code": "A",
    "product": "BIBP",
    "vaccinator_post_id": 4,
    "checks": ["NAME"],
}
MISTAKES = [
    ("act", "x", "FIELD_NOT_ID"),
    ("occurred_at", "yesterday", "FIELD_NOT_MOMENT"),
    ("occurred_at", "2021-04-10T09:00:00", "FIELD_WITHOUT_ZONE"),
    ("site_id", "three", "FIELD_NOT_NUMBER"),
    ("site_id", 2**70, "FIELD_TOO_LARGE"),
    ("code", "a\0", "FIELD_NOT_TEXT"),
    ("code", "a" * 41, "FIELD_TOO_LONG"),
    ("checks", ["a" * 10_001], "FIELD_TOO_LONG"),
    ("code", 5, "FIELD_NOT_TEXT"),
    ("checks", "NAME", "FIELD_WRONG"),
    ("nobody", 1, "FIELD_UNKNOWN"),
]


def test_a_row_becomes_the_verbs_item():
    (item,), mistakes = items.read(all_verbs()["dose_give"], [DOSE])
    assert isinstance(item, DoseGive) and item.checks == frozenset({"NAME"}) and not mistakes


@pytest.mark.parametrize(("field", "value", "code"), MISTAKES)
def test_a_mistake_names_its_row_field_and_what_was_expected(field, value, code):
    good, mistakes = items.read(all_verbs()["dose_give"], [DOSE, {**DOSE, field: value}])
    assert len(good) == 1
    assert [(m.row, m.field, m.why.code) for m in mistakes] == [(1, field, code)]
    assert code in registry()


def test_a_text_that_is_too_long_names_its_limit_in_a_part_too():
    told = {
        "act": ID,
        "occurred_at": DOSE["occurred_at"],
        "name": "李梅",
        "sex": 2,
        "birth": "1990-01-02",
        "leaf_id": 1,
    }
    document = {"kind": "PASSPORT_CN", "number": "E1", "country": "CHN"}
    _, (mistake,) = items.read(all_verbs()["persons_register"], [told | {"documents": [document]}])
    assert (mistake.field, mistake.why.params) == ("documents.0.country", {"field": "documents.0.country", "most": 2})


def test_every_mistake_of_a_batch_is_told_at_once():
    _, mistakes = items.read(all_verbs()["dose_give"], [{}, 7, {**DOSE, "site_id": "x", "visit": "y"}])
    assert {m.row for m in mistakes} == {0, 1, 2}
    assert [m.field for m in mistakes if m.row == 2] == ["site_id", "visit"]


@pytest.mark.parametrize("verb", [v for v in all_verbs().values() if not v.inside], ids=lambda v: v.name)
def test_every_field_of_every_verb_has_a_label_in_both_languages(verb):
    for field in items.item_fields(verb.item):
        assert field.zh and field.en, field.name
    assert verb.zh and verb.en and verb.__doc__
