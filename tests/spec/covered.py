"""`python -m tests.spec.covered`: how many of each room's statements the last `./dev test --coverage` ran."""

import sys
from collections import Counter
from pathlib import Path

from coverage import Coverage

import seawall

PACKAGE = Path(seawall.__file__).parent


def by_room(measured: Coverage) -> dict[str, tuple[int, int]]:
    """Statements and how many of them ran, room by room; an engine is a room of its own."""
    statements, ran = Counter[str](), Counter[str]()
    for path in PACKAGE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        _, lines, _, missing, _ = measured.analysis2(str(path))
        parts = path.relative_to(PACKAGE).parts[:-1]
        room = "/".join(parts[: 2 if parts[:1] in {("engines",), ("interfaces",)} else 1]) or "seawall"
        statements[room] += len(lines)
        ran[room] += len(lines) - len(missing)
    return {room: (count, ran[room]) for room, count in statements.items() if count}


def table(rooms: dict[str, tuple[int, int]]) -> str:
    """The least covered room first; compiled kernels count as not run, for nobody sees inside them."""
    whole = (sum(count for count, _ in rooms.values()), sum(ran for _, ran in rooms.values()))
    rows = [*sorted(rooms.items(), key=lambda row: (row[1][1] / row[1][0], row[0])), ("all", whole)]
    lines = [f"{room:<24}{count:>10,}{ran / count:>10.1%}" for room, (count, ran) in rows]
    return "\n".join([f"{'room':<24}{'statements':>10}{'covered':>10}", *lines])


if __name__ == "__main__":
    measured = Coverage()
    measured.load()
    sys.stdout.write(table(by_room(measured)) + "\n")
