"""Files of loggers: staged, shown, then kept; every line that is no reading comes back counted by its reason."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Item, Params, Refusal, Refused
from seawall.terms.codes import Owner
from seawall.terms.cold import LoggerCommit, LoggerStage

from .. import events, inside, logger_files
from ..models import LoggerFile
from .readings import DOUBLED, Read, judged, keep

HOUR = timedelta(hours=1)
FILES = f"""
SELECT f.file, f.device, f.layout, f.content, f.committed_at FROM supply_loggerfile f
JOIN {sql.unnest({"place_id": "bigint", "file": "uuid"})} ON f.place_id = u.place_id AND f.file = u.file
ORDER BY f.place_id, f.file FOR UPDATE OF f
"""
DONE = f"""
UPDATE supply_loggerfile f SET committed_at = %s, content = ''
FROM {sql.unnest({"place_id": "bigint", "file": "uuid"})} WHERE f.place_id = u.place_id AND f.file = u.file
"""


@verb(Owner.PLACE, zh="上传温度记录文件", en="Stage files of loggers")
def logger_stage(w: Work, items: list[LoggerStage]) -> Answers:
    """A file is read and what it holds is told; its readings are kept only when it is committed."""
    devices = {row.key: row for row in inside.devices({i.place_id for i in items})}
    answers: dict[UUID, Refusal | Params] = {}
    rows = []
    for i in items:
        device = devices.get((i.place_id, i.device))
        try:
            content = logger_files.text_of(i.content)
            found = logger_files.read(content, i.layout, clock.zone())
        except Refused as why:
            answers[i.act] = why.refusal
            continue
        if device is None or not device.in_use:
            answers[i.act] = Refusal("DEVICE_UNKNOWN", {"device": i.device})
            continue
        reads = [
            Read(i.place_id, i.device, at, celsius, False) for at, celsius in found.readings if math.isfinite(celsius)
        ]
        judgements = [judged(r, device, w.recorded_at) for r in reads]
        said = Counter(filter(None, judgements))
        good = sorted(r.at for r, code in zip(reads, judgements, strict=True) if not code)
        ahead = max(((r.at - w.recorded_at) / HOUR for r in reads), default=0.0)
        rows.append((i.place_id, i.act, i.device, i.layout, i.filename, content, w.recorded_at))
        answers[i.act] = {
            "file": str(i.act), "readings": len(reads) - said.total(), "unreadable": sum(found.unreadable.values()),
            "out_of_order": found.out_of_order, "impossible": said["READING_IMPOSSIBLE"], "ahead": said["READING_AHEAD"],
            "too_old": said["READING_TOO_OLD"], "hours_ahead": round(max(0.0, ahead), 1),
            "doubled": len(good) - len(set(good)), "missing": _missing(good, device.every_minutes),
            "hours_behind": round(max(0.0, (w.recorded_at - good[-1]) / HOUR), 1) if good else 0.0,
        }  # fmt: skip
    columns = ("place_id", "file", "device", "layout", "filename", "content", "staged_at")
    sql.insert(LoggerFile, columns, rows)
    return answers


def _missing(moments: Sequence[datetime], every_minutes: int) -> int:
    """Readings that a logger should have made between the first and the last of these, and did not."""
    if not every_minutes:
        return 0
    every = timedelta(minutes=every_minutes)
    return sum(max(0, round((later - at) / every) - 1) for at, later in pairwise(moments))


@verb(Owner.PLACE, zh="确认温度记录文件", en="Commit files of loggers", tells=(events.COLD_CHAIN_BROKEN,))
def logger_commit(w: Work, items: list[LoggerCommit]) -> Answers:
    """The readings of staged files are kept, and looked through for excursions."""
    keys = sorted({(i.place_id, i.file) for i in items})
    files = {file: row for file, *row in sql.fetch(FILES, sql.turn(keys, 2))}
    answers: dict[UUID, Refusal | Params] = {}
    reads: list[Read] = []
    whose: list[Item] = []
    good: dict[UUID, LoggerCommit] = {}
    for i in items:
        device, layout, content, committed = files.get(i.file, (None, "", "", None))
        if device is None:
            answers[i.act] = Refusal("FILE_UNKNOWN")
        elif committed or i.file in good:
            answers[i.act] = Refusal("FILE_COMMITTED")
        else:
            good[i.file] = i
            found = logger_files.read(content, layout, clock.zone())
            reads += [Read(i.place_id, device, at, x, False) for at, x in found.readings if math.isfinite(x)]
            whose += [i] * (len(reads) - len(whose))
    _, said = keep(w, reads, whose)
    sql.execute(DONE, [w.recorded_at, *sql.turn([(i.place_id, i.file) for i in good.values()], 2)])
    return answers | _told(good.values(), whose, said)


def _told(items: Iterable[LoggerCommit], whose: Sequence[Item], said: Sequence[str]) -> dict[UUID, Params]:
    counts: dict[UUID, Counter[str]] = {}
    for item, code in zip(whose, said, strict=True):
        name = "doubled" if code == DOUBLED else "refused" if code else "taken"
        counts.setdefault(item.act, Counter())[name] += 1
    return {i.act: {n: counts.get(i.act, Counter())[n] for n in ("taken", "doubled", "refused")} for i in items}
