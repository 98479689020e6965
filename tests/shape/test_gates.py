"""What must not slip in: a model without its migration, a secret in a file, a clock or dice inside an engine."""

import ast
import csv
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils.translation import override

from .parsed import PACKAGE, tree, within

ROOT = PACKAGE.parent.parent
SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{20}"),
    "a key of a cloud or forge": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20}|xox[abp]-[\w-]{20}|sk_live_\w{20})"
    ),
    "a signed token": re.compile(r"\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16,}"),
    "a password in an address": re.compile(r"://[a-z][\w.-]*:(?!PASSWORD@|\*+@|\$)[^/\s:@'\"{}<>]{3,}@"),
    "a password in a setting": re.compile(
        r"(?i)\b(?:password|passwd|secret_key|api_key|access_token)\b[\"']?\s*[:=]\s*[\"'](?=[^\"']*\d)[^\"'{}<>\s]{8,}[\"']"
    ),
}
BINARY = {".png", ".woff2", ".gz", ".br", ".xlsx", ".parquet", ".ico", ".mo"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    return [p for name in listed.stdout.split("\0") if name and (p := ROOT / name).is_file()]


def test_no_model_changed_without_its_migration():
    loader = MigrationLoader(None)
    assert not loader.detect_conflicts(), "an app has two last migrations"
    with override(None):
        made, wanted = loader.project_state(), ProjectState.from_apps(apps)
        changes = MigrationAutodetector(made, wanted).changes(graph=loader.graph)
    assert not changes, f"run seawall.manage makemigrations: {sorted(changes)}"


def test_no_secret_stands_in_a_tracked_file():
    for path in tracked():
        if path.suffix in BINARY or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for what, pattern in SECRETS.items():
            found = pattern.search(text)
            assert not found, f"{path.relative_to(ROOT)} holds {what}: line {text[: found.start()].count(chr(10)) + 1}"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a private key", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIGdfakjhfkjahdfkjah3"),
        ("a key of a cloud or forge", "token ghp_" + "a1" * 18),
        ("a signed token", f"Bearer eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 20}"),
        ("a password in an address", "postgresql://seawall:hunter2@db/seawall"),
        ("a password in a setting", 'SECRET_KEY = "k3y-of-this-house"'),
    ],
)
def test_the_scan_sees_a_secret(what, text):
    assert SECRETS[what].search(text)


def test_an_engine_reads_no_clock_and_throws_no_dice_of_its_own():
    """A stop-watch for a time limit is no clock; a generator needs its seed."""
    forbidden = re.compile(
        r"\b(?:datetime\.(?:now|today|utcnow)|date\.today|time\.(?:time|monotonic|localtime)|random\.\w+|secrets\.\w+|uuid[14])\("
    )
    unseeded = {"default_rng", "SFC64", "PCG64", "Philox", "SeedSequence", "MT19937", "RandomState"}
    for path in within("engines"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                of_generator = called.startswith(("rng.", "np.random.Generator")) or ".rng." in f".{called}"
                assert of_generator or not forbidden.match(f"{called}("), f"{path}:{node.lineno} calls {called}"
                bare = called.split(".")[-1] in unseeded and not node.args and not node.keywords
                assert not bare, f"{path}:{node.lineno} draws without a seed"


def test_every_row_of_every_table_has_the_columns_of_its_head():
    """A comma in a sentence without quotation marks moves what follows into the next column, unseen."""
    for path in sorted(p for folder in (PACKAGE, ROOT / "cities", ROOT / "examples") for p in folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(line for line in file if not line.startswith("#")))
        uneven = [number for number, row in enumerate(rows, 1) if row and len(row) != len(rows[0])]
        assert not uneven, f"{path.relative_to(ROOT)}: rows {uneven[:5]}"
