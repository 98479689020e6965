"""One cold-chain device: its course, its excursions and what was decided, what stands in it, and where that could go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.names import Name

from .. import degrees, inside, room, tables
from ..inside import DeviceRow, LotInside
from .wall import Nearest, State, Waiting, Word, state_of, waiting_excursions

SPAN = timedelta(days=3)
POINTS = 240
MOST_NEAR = 5
EXCURSIONS = """
SELECT e.excursion, e.kind, e.began, e.ended, e.minutes, e.worst, e.state, e.decided_at, e.decided_by, e.reason,
    coalesce(sum(h.doses), 0)::int, coalesce(string_agg(h.lot, ', ' ORDER BY h.lot), '')
FROM supply_excursion e LEFT JOIN supply_heldlot h ON h.place_id = e.place_id AND h.excursion = e.excursion
WHERE e.place_id = %s AND e.device = %s GROUP BY e.place_id, e.excursion ORDER BY e.began DESC LIMIT 30
"""
FILES = """
SELECT file, filename, staged_at FROM supply_loggerfile WHERE place_id = %s AND device = %s AND committed_at IS NULL
ORDER BY staged_at DESC LIMIT 3
"""


@dataclass(frozen=True, slots=True)
class ReadingPoint:
    """One temperature of the course; of many close together the farthest from the middle of the limits."""

    at: datetime
    celsius: float


@dataclass(frozen=True, slots=True)
class ExcursionRow:
    """An excursion with the doses that it held and its decision."""

    excursion: UUID
    kind: str
    began: datetime
    ended: datetime | None
    minutes: int
    worst: float | None
    state: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    doses: int
    lots: str

    @property
    def waits(self) -> bool:
        return self.state in {"open", "watched"}


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A logger's file that waits to be taken."""

    file: UUID
    filename: str
    staged_at: datetime


@dataclass(frozen=True, slots=True)
class DevicePage:
    """A device in the actor's reach."""

    row: DeviceRow
    place: Name
    state: State
    word: Word
    latest: degrees.Latest | None
    waiting: Waiting | None
    course: tuple[ReadingPoint, ...]
    limits: tuple[float, float]
    excursions: tuple[ExcursionRow, ...]
    lots: tuple[LotInside, ...]
    free: float
    nearest: tuple[Nearest, ...]
    files: tuple[StagedFile, ...]
    others: tuple[str, ...]

    @property
    def doses(self) -> int:
        return sum(lot.doses for lot in self.lots)


def device_page(actor: Actor, place_id: int, device: str) -> DevicePage:
    """The page of one device; its course are the last days on which it was read."""
    if not access.sees_site(actor, place_id):
        raise Refused(access.OUT_OF_AREA)
    rows = inside.devices()
    row = next((found for found in rows if found.key == (place_id, device)), None)
    if row is None:
        raise Refused("DEVICE_UNKNOWN", device=device[:40])
    used = [found for found in rows if found.in_use]
    stands, names = inside.lots_inside(used), reference.place_names()
    latest = degrees.latest([place_id]).get(row.key)
    waiting = waiting_excursions().get(row.key)
    state, word = state_of(row, latest, waiting, clock.now())
    near = room.nearest(row, used, stands, room.out_of_range())[:MOST_NEAR] if stands.get(row.key) else []
    lots = tuple(stands.get(row.key, ()))
    return DevicePage(
        row=row, place=names[place_id], state=state, word=word, latest=latest, waiting=waiting,
        course=_course(row, latest), limits=row.limits, excursions=_excursions(row), lots=lots,
        free=inside.room(row, lots), nearest=tuple(Nearest(names[found.row.place_id], found) for found in near),
        files=tuple(StagedFile(*found) for found in sql.fetch(FILES, list(row.key))),
        others=tuple(found.device for found in used if found.place_id == place_id and found.key != row.key),
    )  # fmt: skip


def _course(row: DeviceRow, latest: degrees.Latest | None) -> tuple[ReadingPoint, ...]:
    if latest is None:
        return ()
    at, celsius = degrees.course([row.key], latest.at - SPAN, latest.at)[row.key]
    middle, width = sum(row.limits) / 2, -(-len(at) // POINTS)
    points = []
    for first in range(0, len(at), width):
        far = max(range(first, min(first + width, len(at))), key=lambda n: abs(celsius[n] - middle))
        points.append(ReadingPoint(degrees.moment(int(at[far])), float(celsius[far])))
    return tuple(points)


def _excursions(row: DeviceRow) -> tuple[ExcursionRow, ...]:
    found = sql.fetch(EXCURSIONS, list(row.key))
    posts = staff.posts_by_id({row[8] for row in found if row[8]})
    rows = [(*row[:8], posts[row[8]].person if row[8] in posts else "", *row[9:]) for row in found]
    return tuple(ExcursionRow(*row) for row in rows)


def layouts() -> tuple[str, ...]:
    """Names of the layouts that a logger's file may have."""
    return tuple(tables.logger_layouts())
