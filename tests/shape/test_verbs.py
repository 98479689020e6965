"""Every verb has its doors: words in both languages, a post that may do it, a line in the manual, and a test through HTTP."""

from collections import defaultdict
from typing import get_args

import pytest
from django.apps import apps
from django.db.models import CharField

from seawall.interfaces import choices
from seawall.interfaces.console.views import acts
from seawall.interfaces.filling import Way, core, part_fields, way
from seawall.interfaces.items import item_fields, words
from seawall.interfaces.picking import KINDS
from seawall.platform.verbs import all_verbs
from seawall.terms.lengths import lengths, table
from tests.spec import verbs as manual

VERBS = manual.doored()


def fields_of(kind):
    """Fields of an item, and of what stands inside them, each with the class that has it."""
    for field in item_fields(kind):
        yield kind, field
        if way(field.kind) in (Way.ROWS, Way.PART):
            inner = part_fields(field.kind)
            yield from ((kind_of(field), f) for f in inner)


def kind_of(field):
    kind = core(field.kind)
    return get_args(kind)[0] if way(field.kind) is Way.ROWS else kind


ALL = {(kind.__name__, field.name): field for verb in all_verbs().values() for kind, field in fields_of(verb.item)}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verb_has_words_a_holder_a_room_a_sentence_and_a_page(verb):
    assert verb.zh and verb.en and not verb.zh.isascii()
    assert manual.holders(verb), f"no role holds {verb.name}: staff/roles.csv"
    assert verb.body.__module__.split(".")[1] in acts.room_names()
    assert verb.body.__doc__


@pytest.mark.parametrize("key", sorted(ALL), ids=".".join)
def test_a_field_says_what_it_means_in_both_languages(key):
    field = ALL[key]
    assert field.zh and field.en and not field.zh.isascii(), key
    assert field.meaning_zh and field.meaning_en, f"terms/fields.csv has no meaning of {key}"


def test_no_words_are_kept_for_fields_that_nobody_has():
    names = {name for item, name in ALL if (item, name) not in words()} | {"act", "occurred_at", "dated_here"}
    unused = [key for key in words() if (key not in ALL if key[0] else key[1] not in names)]
    assert not unused, f"terms/fields.csv has rows that no item uses: {unused}"


def test_what_a_field_names_is_known_to_the_picker():
    known = set(KINDS) | set(choices.lists())
    assert {field.picks for field in ALL.values()} - {""} <= known


@pytest.mark.parametrize("verb", all_verbs().values(), ids=lambda verb: verb.name)
def test_a_text_is_as_long_as_a_column_of_its_room_holds(verb):
    """No longer than the widest column of its name; a room without one keeps it otherwise."""
    widths = defaultdict(set)
    for model in apps.get_app_config(verb.body.__module__.split(".")[1]).get_models():
        for column in model._meta.fields:
            if isinstance(column, CharField) and column.max_length:
                widths[column.name].add(column.max_length)
    for kind, field in fields_of(verb.item):
        if field.kind in (str, str | None) and widths[field.name]:
            assert lengths(kind)[field.name] <= max(widths[field.name]), (
                f"terms/lengths.csv: {kind.__name__}.{field.name}"
            )


def test_no_length_is_kept_for_fields_that_nobody_has():
    names = {field for _, field in ALL}
    lost = [key for key in table() if (key not in ALL if key[0] else key[1] not in names)]
    assert not lost, f"terms/lengths.csv has rows that no item uses: {lost}"


def test_an_id_names_what_it_is_of():
    lost = [key for key, f in ALL.items() if key[1].endswith("_id") and not f.picks and "bulk load" not in f.meaning_en]
    assert not lost, f"terms/fields.csv: these ids pick nothing: {lost}"


def test_every_word_of_an_enumeration_is_in_the_choices():
    for key, field in ALL.items():
        if way(field.kind) is Way.CHOICE:
            kind = core(field.kind)
            assert {str(m.value) for m in kind} <= set(choices.lists()[kind.__name__]), key


def test_the_manual_shows_the_doors_and_the_roles_of_every_verb():
    lines = {line.split("`")[1]: line for line in manual.text().splitlines() if line.startswith("| [`")}
    assert sorted(lines) == sorted(verb.name for verb in VERBS)
    for verb in VERBS:
        doors, line = manual.doors(verb), lines[verb.name]
        assert all(doors[name] for name in ("form", "API", "command")), doors
        assert line.count("| yes ") == 3 and line.endswith(f"| {', '.join(manual.holders(verb))} |")
        assert not doors["page"] or f"`{doors['page']}`" in line


def test_the_manual_of_verbs_is_up_to_date():
    assert manual.PAGE.read_text(encoding="utf-8") == manual.text(), "run: python -m tests.spec.verbs"
