"""The package's sources, read and parsed once for all tests of its shape."""

import ast
from functools import cache
from pathlib import Path

import seawall

PACKAGE = Path(seawall.__file__).parent


@cache
def sources() -> tuple[Path, ...]:
    """Every module but migrations."""
    return tuple(p for p in sorted(PACKAGE.rglob("*.py")) if "migrations" not in p.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def within(folder: str) -> list[Path]:
    return [path for path in sources() if path.relative_to(PACKAGE).parts[0] == folder]
