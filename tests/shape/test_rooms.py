"""The shape of the house: what import contracts cannot see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from .parsed import PACKAGE, sources, tree

OWNERS = {"person", "site", "place", "code", "organisation", "post", "household", "any", "none"}
ROOMS = settings.ROOMS
DOORS = {"services", "selectors", "events"}
FURTHER = {"reports": {"models"}, "interfaces": {"boards"}}  # a board may also hold that of an earlier room


def room_models():
    return [m for room in ROOMS if apps.is_installed(f"seawall.{room}") for m in apps.get_app_config(room).get_models()]


def imports(path: Path) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module, [a.name for a in node.names]
        elif isinstance(node, ast.Import):
            yield from ((a.name, []) for a in node.names)


def test_a_room_is_entered_by_services_selectors_and_events_and_a_page_by_boards():
    for path in sources():
        here = path.relative_to(PACKAGE).parts[0]
        allowed = DOORS | FURTHER.get(here, set()) | ({"boards"} if "boards" in path.parts else set())
        for module, names in imports(path):
            parts = module.split(".")
            if parts[0] != "seawall" or len(parts) < 2 or parts[1] not in ROOMS or parts[1] in {here, "platform"}:
                continue
            entered = set(names) if len(parts) == 2 else {parts[2]}
            assert entered <= allowed, f"{path.relative_to(PACKAGE)} enters {module} by {entered - allowed}"


def entered(path: Path) -> set[str]:
    """Parts of the rooms that a module imports: services, selectors, ..."""
    found: set[str] = set()
    for module, names in imports(path):
        parts = module.split(".")
        if parts[0] == "seawall" and len(parts) > 1 and parts[1] in ROOMS:
            found |= set(names) if len(parts) == 2 else {parts[2]}
    return found


def relative(path: Path) -> set[str]:
    """Names that a module takes from its own room."""
    return {
        name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level
        for name in (node.module or "").split(".") + [a.name for a in node.names]
    }


def test_who_reads_never_calls_who_writes():
    """Selectors stand before services; a page may ask a service what it would answer, and changes nothing."""
    for path in sources():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] in ROOMS and "selectors" in parts:
            assert "services" not in entered(path) | relative(path), path
        if parts[0] in ROOMS and "boards" in parts and "services" in entered(path):
            called = {n.attr for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute) and _of_services(n.value)}
            assert all(name.endswith(("_ask", "_preview")) for name in called), (path, called)


def _of_services(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.endswith("services")


@pytest.mark.parametrize("model", room_models(), ids=lambda m: m._meta.label)
def test_every_table_has_one_owner_and_its_uniqueness_names_it(model):
    owner = getattr(model, "owner", None)
    assert owner in OWNERS, f"{model._meta.label} states no owner"
    if owner in {"none"}:
        return
    field = model.owner_field
    key = model._meta.pk
    names = key.field_names if isinstance(key, models.CompositePrimaryKey) else (key.name,)
    assert field in names, f"{model._meta.label}: the primary key leaves out its owner {field}"
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert field in constraint.fields, f"{model._meta.label}: {constraint.name} leaves out {field}"
    for together in model._meta.unique_together:
        assert field in together
    assert not any(f.unique and f.name != field and f is not key for f in model._meta.local_fields)


@pytest.mark.parametrize("model", room_models(), ids=lambda m: m._meta.label)
def test_keys_between_owners_are_ids_only(model):
    for f in model._meta.local_fields:
        if isinstance(f, models.ForeignKey):
            label = f.remote_field.model._meta.app_label
            same = label == model._meta.app_label
            assert same or label == "reference", f"{model._meta.label}.{f.name} points into {label}"
            assert f.remote_field.related_name == "+", f"{model._meta.label}.{f.name} opens a way back"


def test_files_stay_small_and_say_what_they_are():
    for path in sources():
        text = path.read_text()
        assert text.count("\n") <= 600, path
        if path.name != "__init__.py" and text.strip():
            assert ast.get_docstring(tree(path)), f"{path} opens without a sentence"


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_says_what_it_owns_asks_and_tells(room):
    readme = (PACKAGE / room / "README.md").read_text()
    assert len(readme.splitlines()) <= 20
    for word in ("Owns:", "Asks:", "Tells:"):
        assert word in readme


def test_no_business_column_takes_its_time_from_the_database_or_the_machine():
    for model in room_models():
        for f in model._meta.local_fields:
            assert not getattr(f, "auto_now", False)
            assert not getattr(f, "auto_now_add", False)
    for path in sources():
        if path.parts[-2:] == ("platform", "clock.py") or "interfaces" in path.parts:
            continue
        text = path.read_text()
        assert "datetime.now(" not in text, path
        assert "date.today(" not in text, path


def test_no_drawer_without_a_label():
    for path in PACKAGE.rglob("*"):
        assert path.stem not in {"utils", "common", "core", "helpers", "misc"}, path


def test_only_the_door_asks_for_a_campaign_that_nobody_named():
    asks = re.compile(r"\.current(_or_none)?\(\)")
    asked = {path.relative_to(PACKAGE).as_posix() for path in sources() if asks.search(path.read_text())}
    assert asked == {"interfaces/campaign.py"}
