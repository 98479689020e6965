"""Boards: a page is one selector in the last room that it reads, and returns a frozen row with named, typed fields."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .parsed import PACKAGE, sources, tree


def boards() -> list[Path]:
    return [path for path in sources() if path.parent.name == "boards" and path.name != "__init__.py"]


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def pages(path: Path) -> Iterator[ast.FunctionDef]:
    """Selectors of pages: what is asked on behalf of an actor, and answers with a row of this module or a dictionary."""
    answers = {node.name for node in tree(path).body if isinstance(node, ast.ClassDef)} | {"dict", "Mapping"}
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.returns:
            returned = {name.id for name in ast.walk(node.returns) if isinstance(name, ast.Name)}
            if "Actor" in annotated(node) and returned & answers:
                yield node


def annotated(node: ast.AST) -> set[str]:
    """Names in the annotations of a row's fields or of a function's signature."""
    said = [n.annotation for n in ast.walk(node) if isinstance(n, ast.AnnAssign | ast.arg) and n.annotation]
    said += [n.returns for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n.returns]
    return {name.id for annotation in said for name in ast.walk(annotation) if isinstance(name, ast.Name)}


def reads_its_own_room(path: Path, seen: frozenset[Path] = frozenset()) -> bool:
    """Whether a board asks its room, by itself or through a board beside it."""
    own = f"seawall.{path.parent.parent.name}"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.level == 2 or (node.module or "").startswith(own)):
            return True
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            beside = [path.parent / f"{name}.py" for name in names]
            if any(
                other.exists() and other not in seen and reads_its_own_room(other, seen | {path}) for other in beside
            ):
                return True
    return False


@pytest.mark.parametrize("path", boards(), ids=name_of)
def test_a_board_says_what_its_fields_are(path):
    """No `Any` in a row or in what a page takes and returns, and no dictionary as its answer."""
    for node in (*(n for n in tree(path).body if isinstance(n, ast.ClassDef)), *pages(path)):
        assert "Any" not in annotated(node), node.name
    for page in pages(path):
        assert page.returns and not {"dict", "Mapping"} & {
            n.id for n in ast.walk(page.returns) if isinstance(n, ast.Name)
        }


@pytest.mark.parametrize("path", boards(), ids=name_of)
def test_a_row_of_a_board_is_frozen(path):
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert [ast.unparse(d) for d in node.decorator_list] == ["dataclass(frozen=True, slots=True)"], node.name


@pytest.mark.parametrize("path", [path for path in boards() if any(pages(path))], ids=name_of)
def test_a_page_lives_in_the_last_room_that_it_reads(path):
    """Import contracts forbid a later room; a page that asks nothing of its own room belongs into an earlier one."""
    assert reads_its_own_room(path)
