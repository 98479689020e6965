"""Clients that ask, wait for the answer and ask again, in a process of their own that reads its plan as JSON.

The plan: host, port, clients, seconds, path (asked again and again, with session and form where set), or sessions with
site and starts (booked one after the other: held and confirmed, with the page of times before where `look` is set).
The answer: done, seconds, statuses, and times in ms.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from time import perf_counter
from typing import Any
from uuid import uuid4

SECRET = "a" * 32
FORM = "application/x-www-form-urlencoded"


class Connection:
    """One kept connection, opened again where the server closed it."""

    def __init__(self, host: str, port: int, statuses: "Counter[int]") -> None:
        self.host, self.port, self.statuses = host, port, statuses
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, path: str, session: str = "", form: str | None = None) -> int:
        cookie = f"Cookie: sessionid={session}; csrftoken={SECRET}\r\n" if session else ""
        body = "" if form is None else f"csrfmiddlewaretoken={SECRET}&{form}"
        kind = f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{cookie}{kind}\r\n"
        for _ in range(3):
            try:
                status = await self._sent((head + body).encode())
                self.statuses[status] += 1
                return status
            except (ConnectionError, asyncio.IncompleteReadError):
                self.writer = None  # the same request again: the act's id is the same
        self.statuses[0] += 1
        return 0

    async def _sent(self, request: bytes) -> int:
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        if b"content-length:" in head:
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await self.reader.readexactly(length)
        elif b"transfer-encoding: chunked" in head:
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readexactly(2)
        if b"connection: close" in head:
            self.writer.close()
            self.writer = None
        return int(head.split(b" ", 2)[1])


async def booked(to: Connection, plan: dict[str, Any], session: str, start: str) -> bool:
    act = uuid4()
    if plan.get("look") and await to.ask(f"/book/when?site={plan['site']}&day={plan['day']}", session) != 200:
        return False
    held = await to.ask("/book/hold", session, f"act={act}&site={plan['site']}&starts_at={start}")
    return held == 302 and await to.ask(f"/book/{act}", session, f"act={uuid4()}") == 302


async def client(
    plan: dict[str, Any], work: "Iterator[tuple[str, str]]", told: list[float], seen: "Counter[int]", end: float
) -> None:
    to = Connection(plan["host"], plan["port"], seen)
    while perf_counter() < end:
        since = perf_counter()
        if "path" in plan:
            good = await to.ask(plan["path"], plan.get("session", ""), plan.get("form")) in (200, 302)
        else:
            session, start = next(work, ("", ""))
            if not session:
                return
            good = await booked(to, plan, session, start)
        if good:
            told.append(perf_counter() - since)


async def main(plan: dict[str, Any]) -> dict[str, Any]:
    told, seen, since = list[float](), Counter[int](), perf_counter()
    work = iter(list(zip(plan.get("sessions", ()), cycle(plan.get("starts", ("",))), strict=False)))
    end = since + plan["seconds"]
    await asyncio.gather(*(client(plan, work, told, seen, end) for _ in range(plan["clients"])))
    took = perf_counter() - since
    told.sort()
    at = {
        name: round(told[int(len(told) * share)] * 1000, 1) if told else None
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    return {"done": len(told), "seconds": took, "statuses": dict(seen), **at}


if __name__ == "__main__":
    json.dump(asyncio.run(main(json.load(sys.stdin))), sys.stdout)
