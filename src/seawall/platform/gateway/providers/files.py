"""Messages as files in a folder, for whoever carries them on: one file a message, named by it, so that a repeat finds its own."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from ..letters import Answer, Letter, Receipts, State


class Files:
    """Writes each message once; the folder is closed to others, for it holds numbers in clear."""

    name = "files"
    repeats = True
    batch = 500

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Answer]:
        try:
            return {letter.message: self._write(letter) for letter in letters}
        except OSError:
            return {}

    def _write(self, letter: Letter) -> Answer:
        folder = self.folder / letter.message.hex[:2]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{letter.message}.json"
        content = {"message": str(letter.message), "to": letter.to, "language": letter.language, "text": letter.text}
        unfinished = path.with_suffix(f".{os.getpid()}")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content | ({"subject": letter.subject} if letter.subject else {}), file, ensure_ascii=False)
        try:
            os.link(unfinished, path)
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
        return Answer(State.SENT)

    def receipts(self, place: str) -> Receipts | None:
        return None
