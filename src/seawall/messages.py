"""Compiles the catalogues of sentences: run at build, `python -m seawall.messages`."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale"


def compile_messages(folder: Path = FOLDER) -> list[Path]:
    """Writes one .mo beside every .po whose text is newer, and names what it wrote."""
    return [_compile(source) for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _stale(source)]


def _stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> Path:
    target = source.with_suffix(".mo")
    with source.open("rb") as text, target.open("wb") as binary:
        write_mo(binary, read_po(text, locale=source.parts[-3]))
    return target


if __name__ == "__main__":
    compile_messages()
