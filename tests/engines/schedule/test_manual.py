"""docs/rules/ says what the tables of tests/spec say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.spec.manual import DOCS, pages

ROOT = Path(__file__).parents[3]


def test_the_manual_is_up_to_date():
    made = pages()
    kept = {str(path.relative_to(DOCS)): path.read_text(encoding="utf-8") for path in DOCS.rglob("*.*")}
    stale = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
    assert not stale, "make it again with: python -m tests.spec.manual"


@pytest.mark.parametrize("writer", ["tests.spec.manual", "tests.cli.commands", "tests.engines.planning.manual"])
def test_every_writer_of_documents_starts_from_a_bare_shell(writer):
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    made = subprocess.run(
        [sys.executable, "-c", f"import {writer}"], cwd=ROOT, env=bare, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
