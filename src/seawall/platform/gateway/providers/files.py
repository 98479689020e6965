"""Messages as JSON lines in a file of each day and channel, for whoever carries them on; a repeat finds its own line."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from ... import clock
from ..letters import Answer, Letter, Receipts, State


@dataclass
class _Seen:
    """What this process has read of a day's file: up to where, and the messages that stand there."""

    name: Path
    inode: int = 0
    place: int = 0
    messages: set[int] = field(default_factory=set)


class Files:
    """Writes each message once, whichever process of the machine does; files are closed to others, for they hold numbers in clear."""

    name = "files"
    repeats = True
    batch = 500

    def __init__(self, folder: Path, channel: str) -> None:
        self._folder, self._channel = folder, channel
        self._seen = _Seen(Path())

    def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Answer]:
        """All lines of a batch at once, on the disk before they count as sent."""
        at = clock.now()
        path = self._folder / f"{self._channel}-{clock.civil_day(at).isoformat()}.jsonl"
        try:
            with _alone(path) as file:
                seen = self._read_on(path, file)
                fresh = [letter for letter in letters if letter.message.int not in seen.messages]
                lines = "".join(_line(letter, at.isoformat()) for letter in fresh).encode()
                os.pwrite(file, lines, seen.place)
                os.fsync(file)
                seen.place += len(lines)
                seen.messages |= {letter.message.int for letter in fresh}
        except OSError:
            return {}
        return {letter.message: Answer(State.SENT) for letter in letters}

    def _read_on(self, path: Path, file: int) -> _Seen:
        """What others wrote since, without a last line that somebody died over."""
        known, stands = self._seen, os.fstat(file)
        if known.name != path:
            known = self._seen = _Seen(path)
        if stands.st_ino != known.inode or stands.st_size < known.place:  # carried on, and begun anew
            known.inode, known.place = stands.st_ino, 0
        text = os.pread(file, stands.st_size - known.place, known.place)
        whole = text[: text.rfind(b"\n") + 1]
        known.messages |= {UUID(json.loads(line)["message"]).int for line in whole.splitlines()}
        known.place += len(whole)
        os.ftruncate(file, known.place)
        return known

    def receipts(self, place: str) -> Receipts | None:
        return None


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The file, opened to be written by nobody else meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _line(letter: Letter, at: str) -> str:
    told = {"message": str(letter.message), "to": letter.to, "language": letter.language, "text": letter.text}
    subject = {"subject": letter.subject} if letter.subject else {}
    return json.dumps(told | subject | {"at": at}, ensure_ascii=False) + "\n"
