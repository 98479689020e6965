"""A provider over HTTP that speaks the neutral protocol of docs/outreach.md: messages posted in batches, receipts read from a place on."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import UUID

from ..letters import Answer, Letter, Receipts, State

PATIENCE = 20  # seconds for a batch
BIGGEST = 4_000_000  # bytes of an answer
STATES = {"accepted": State.SENT, "delivered": State.DELIVERED, "refused": State.REFUSED, "failed": State.REFUSED}


class Posted:
    """Messages by POST; every message carries its id, by which the provider knows a repeat."""

    repeats = True
    batch = 200

    def __init__(self, name: str, address: str, token: str) -> None:
        self.name, self._address, self._token = name, address.rstrip("/"), token

    def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Answer]:
        batch = [
            {"id": str(i.message), "to": i.to, "language": i.language, "text": i.text, "subject": i.subject}
            for i in letters
        ]
        try:
            answer = self._ask("/messages", json.dumps({"messages": batch}).encode())
            return dict(_answers(answer.get("messages")))
        except HTTPError as error:
            after = error.headers.get("Retry-After", "") if error.headers else ""
            wait = Answer(
                State.WAITING, f"PROVIDER_HTTP_{error.code // 100}XX", after=float(after) if after.isdecimal() else 0
            )
            return dict.fromkeys((i.message for i in letters), wait)
        except (OSError, ValueError, AttributeError):
            return {}

    def receipts(self, place: str) -> Receipts | None:
        try:
            answer = self._ask(f"/receipts?{urlencode({'after': place})}")
            return Receipts(dict(_answers(answer.get("receipts"))), str(answer.get("next") or place)[:200])
        except (ValueError, AttributeError) as error:
            raise OSError("unreadable") from error

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        request = Request(f"{self._address}{path}", body, headers)
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read(BIGGEST))


def _answers(rows: Any) -> list[tuple[UUID, Answer]]:
    """What was said of each message; what cannot be read says nothing."""
    if not isinstance(rows, list):
        raise ValueError("no list")
    found = []
    for row in rows:
        state = STATES.get(str(row.get("state")))
        if state:
            code = str(row.get("code") or "")[:40].upper()
            reason = f"PROVIDER_{code}" if state is State.REFUSED and code.replace("_", "").isalnum() else ""
            found.append((UUID(str(row.get("id"))), Answer(state, reason[:48], str(row.get("reference") or ""))))
    return found
