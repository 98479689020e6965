"""The log: one JSON object a line, with the request's id, and nothing of any person.

The text of an exception may quote a row or a form: its kind, its place and PostgreSQL's own code are written instead.
"""

import json
import logging
import os
from datetime import UTC, datetime
from traceback import walk_tb
from types import TracebackType

from seawall.interfaces.observing import request_id

from .paths import PACKAGE

FRAMES = 12


class Failed(logging.Filter):
    """Of what Django says of requests, only those in which something was raised: the others have their own line."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


class Line(logging.Formatter):
    """Formats a record as one line; `in_full` with what the exception says, for a machine without real people."""

    def __init__(self, *, in_full: bool = False) -> None:
        super().__init__()
        self.in_full = in_full

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "pid": os.getpid(),
        }
        if request := request_id():
            told["request"] = request
        # A failed request is named by its route in its own line: its address may hold what a person typed.
        told["message"] = "a request failed" if hasattr(record, "request") else record.getMessage()
        told |= getattr(record, "told", {})
        if record.exc_info and record.exc_info[1]:
            told |= self._of(record.exc_info[1], record.exc_info[2])
        return json.dumps(told, ensure_ascii=False, default=str)

    def _of(self, error: BaseException, traceback: TracebackType | None) -> dict[str, object]:
        frames = [f"{_short(f.f_code.co_filename)}:{line} {f.f_code.co_name}" for f, line in walk_tb(traceback)]
        found: dict[str, object] = {"error": type(error).__name__, "where": frames[-FRAMES:]}
        if state := getattr(error.__cause__ or error, "sqlstate", None):
            found["sqlstate"] = state
        return found | ({"said": str(error)} if self.in_full else {})


def _short(name: str) -> str:
    return name.removeprefix(f"{PACKAGE.parent}{os.sep}").rpartition("site-packages" + os.sep)[2]
