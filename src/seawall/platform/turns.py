"""A waiting line for all processes at once: numbers from one sequence, and how far they are let in, by one row that moves with time.

Whoever comes before an announced moment shares one draw: their numbers are shuffled by a seed that is drawn at that moment,
so that nobody gains by coming first, and each turn can be worked out again from number and seed alone.
"""

import secrets
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from math import ceil
from threading import Lock
from time import monotonic
from typing import Any

from django.db import DatabaseError, connection, transaction

from . import clock, sql

SEEN_FOR = 0.5  # seconds for which a process takes the line as it saw it
OUTDATED = 2.0  # seconds after which every thread waits for a new look: numbers drawn elsewhere have gone far beyond it
DRAWN = "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM platform_turn)"
READ = f"SELECT admitted, {DRAWN}, pace, moved_at, opens_at, first, last, seed, most FROM platform_line WHERE line = %s"
TAKE = f"{READ} FOR UPDATE SKIP LOCKED"
MOVE = """
UPDATE platform_line SET admitted = %s, pace = %s, moved_at = %s, opens_at = %s, first = %s, last = %s, seed = %s WHERE line = %s
"""
UNHURRIED = (
    "SET LOCAL synchronous_commit TO off"  # half a second of the line may be lost in a crash: nobody waits for the disk
)
BEGIN = f"""
INSERT INTO platform_line (line, admitted, pace, moved_at, first, last, seed) VALUES (%s, {DRAWN} + %s, %s, %s, 0, 0, 0)
ON CONFLICT DO NOTHING
"""
LIMIT = "UPDATE platform_line SET most = %s WHERE line = %s"


@dataclass(frozen=True, slots=True)
class Rules:
    """pace: let in a second at most; ahead: seconds of it that nobody waits for; early: before a moment for which a draw gathers."""

    pace: float
    ahead: float
    early: timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a number stands: in, or behind so many for about so many seconds; neither is known before the draw."""

    inside: bool
    position: int | None = None
    seconds: int | None = None
    draw_at: datetime | None = None
    early: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """How far the line is let in. Numbers above `first` up to `last` share a draw; while it gathers, `last` is None.

    `pace` is what was let in a second when it last moved; `most`, where somebody set it, bounds it.
    """

    admitted: float
    drawn: int
    pace: float
    moved_at: datetime
    opens_at: datetime | None
    first: int
    last: int | None
    seed: int
    most: float | None = None

    @property
    def waiting(self) -> int:
        """Numbers that were drawn and are not let in."""
        return max(0, self.drawn - int(self.admitted))

    @property
    def gathers(self) -> bool:
        return self.last is None

    def turn(self, number: int) -> int:
        """The place of a number in the line: its own, or that which the draw gave it."""
        if self.last is None or not self.first < number <= self.last:
            return number
        return self.first + 1 + shuffled(number - self.first - 1, self.last - self.first, self.seed)

    def standing(self, number: int) -> Standing:
        if self.gathers and number > self.first:
            return Standing(False, draw_at=self.opens_at, early=max(1, self.drawn - self.first))
        ahead = self.turn(number) - int(self.admitted)
        if ahead <= 0:
            return Standing(True)
        return Standing(False, ahead, ceil(ahead / self.pace) if self.pace else None)

    def moved(self, rules: Rules, health: float, opens: datetime | None) -> "Line":
        """The line now: a draw begins to gather or is made, and as many are let in as the time since allows."""
        line, now = self._drawing(rules, opens, clock.now()), clock.system_now()
        most = rules.pace if self.most is None else min(rules.pace, self.most)
        pace = min(rules.pace * health, most)
        seconds = max(0.0, (now - self.moved_at).total_seconds())
        ceiling = line.first if line.gathers else line.drawn + most * rules.ahead
        return replace(
            line, pace=pace, moved_at=now, admitted=max(line.admitted, min(ceiling, line.admitted + pace * seconds))
        )

    def _drawing(self, rules: Rules, opens: datetime | None, now: datetime) -> "Line":
        if self.gathers and self.opens_at is not None and now >= self.opens_at:
            return replace(self, last=self.drawn, seed=secrets.randbits(62))
        if self.gathers and opens != self.opens_at:  # announced anew
            return replace(self, opens_at=opens or now)
        served = self.last is not None and self.admitted >= self.last
        if served and opens is not None and now < opens <= now + rules.early:
            return replace(
                self, opens_at=opens, first=self.drawn, last=None, admitted=float(min(self.admitted, self.drawn))
            )
        return self


def draw() -> int:
    """A number in the line."""
    return int(sql.fetch("SELECT nextval('platform_turn')")[0][0])


def moved(name: str, rules: Rules, health: float, opens: datetime | None) -> Line:
    """The line as it is now; one process moves it, the others read."""
    with transaction.atomic():
        found = sql.fetch(TAKE, [name])
        if found:
            sql.execute(UNHURRIED)
            line = Line(*found[0]).moved(rules, health, opens)
            sql.execute(MOVE, [*_kept(line), name])
            return line
    found = sql.fetch(READ, [name])
    if found:
        return Line(*found[0])
    sql.execute(BEGIN, [name, rules.pace * rules.ahead, rules.pace, clock.system_now()])
    return moved(name, rules, health, opens)


def _kept(line: Line) -> Sequence[Any]:
    admitted, _drawn, *rest, _most = astuple(line)
    return [admitted, *rest]


def seen(name: str, rules: Rules, opens: datetime | None) -> Line:
    """The line as it is now, for who looks on: nothing is moved."""
    found = sql.fetch(READ, [name])
    if not found:  # nobody ever came
        return Line(0.0, 0, rules.pace, clock.system_now(), None, 0, 0, 0)
    line = Line(*found[0])
    bound = rules.pace if line.most is None else min(rules.pace, line.most)
    return line.moved(rules, min(1.0, line.pace / bound) if bound else 1.0, opens)


def limit(name: str, rules: Rules, most: float | None) -> None:
    """Let in so many a second at most, or as many as can be served; inside the caller's transaction."""
    if not sql.execute(LIMIT, [most, name]):
        sql.execute(BEGIN, [name, rules.pace * rules.ahead, rules.pace, clock.system_now()])
        sql.execute(LIMIT, [most, name])


def shuffled(place: int, count: int, seed: int) -> int:
    """Another place below `count` for each place below it: a keyed permutation (four Feistel rounds, walked back into range)."""
    half = max(1, (max(1, count - 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    while True:
        left, right = place >> half, place & mask
        for turn in range(4):
            word = blake2b(f"{seed}/{turn}/{right}".encode(), digest_size=8).digest()
            left, right = right, left ^ (int.from_bytes(word) & mask)
        place = left << half | right
        if place < count:
            return place


class Watch:
    """What a process knows of a line: read anew every half second by one of its threads, and kept while the database does not answer."""

    def __init__(self, name: str, rules: Rules) -> None:
        self.name, self.rules, self.health = name, rules, 1.0
        self._lock = Lock()
        self._seen: dict[str, tuple[float, Line]] = {}

    def line(self, opens: Any) -> Line | None:
        """The line, or None where nothing of it was ever read. `opens` is asked for the next announced moment only when it is read anew."""
        database = connection.settings_dict["NAME"]
        at, line = self._seen.get(database, (0.0, None))
        age = monotonic() - at
        if line is not None and age < SEEN_FOR:
            return line
        if not self._lock.acquire(blocking=line is None or age > OUTDATED):
            return line
        try:
            at, line = self._seen.get(database, (0.0, None))
            if line is None or monotonic() - at >= SEEN_FOR:  # nobody read it while this thread waited
                line = moved(self.name, self.rules, self.health, opens())
                self._seen[database] = monotonic(), line
        except DatabaseError:
            if line is not None:
                self._seen[database] = monotonic(), line
        finally:
            self._lock.release()
        return line
