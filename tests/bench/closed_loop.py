"""Clients that ask, wait for the answer and ask again, in a process of their own that reads its plan as JSON.

The plan: host, port, clients, seconds, path (asked again and again, with session and form where set), or sessions with
site and starts (booked one after the other: held and confirmed, with the page of times before where `look` is set).
With `seats`, everybody of `sessions` comes at once for that many seats of the first start: each waits in the room as its
page says, until all are sold. The answer: done, seconds, statuses, and times in ms.
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
        self.place, self.again, self.leads = (
            "",
            0,
            "",
        )  # the place in the waiting room, when it asks again, where it leads

    async def ask(self, path: str, session: str = "", form: str | None = None) -> int:
        place = f"; place={self.place}" if self.place else ""
        cookie = f"Cookie: sessionid={session}; csrftoken={SECRET}{place}\r\n" if session else ""
        body = "" if form is None else f"csrfmiddlewaretoken={SECRET}&{form}"
        kind = f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n" if body else ""
        line = (
            f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept-Encoding: gzip\r\n"
        )
        head = f"{line}{cookie}{kind}\r\n"
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
        said = await self.reader.readuntil(b"\r\n\r\n")
        self._kept(said.decode("latin-1"))
        head = said.lower()
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

    def _kept(self, head: str) -> None:
        """What a browser keeps of an answer."""
        self.again, self.leads = 0, ""
        for line in head.split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Set-Cookie" and value.startswith("place="):
                self.place = value.removeprefix("place=").partition(";")[0].strip('"')
            elif name == "Refresh":
                self.again = int(value)
            elif name == "Location":
                self.leads = value


class Rush:
    """Everybody at once, over so many connections: who waits comes again when the page says so."""

    def __init__(self, plan: dict[str, Any], seen: "Counter[int]") -> None:
        self.plan, self.told, self.sold = plan, list[float](), 0
        self.free: asyncio.Queue[Connection] = asyncio.Queue()
        for _ in range(plan["clients"]):
            self.free.put_nowait(Connection(plan["host"], plan["port"], seen))

    async def ask(self, place: str, *request: Any) -> tuple[str, int, str]:
        """The place afterwards, when to come again, and where the answer leads."""
        to = await self.free.get()
        to.place, since = place, perf_counter()
        try:
            await to.ask(*request)
            self.told.append(perf_counter() - since)
            return to.place, to.again, to.leads
        finally:
            self.free.put_nowait(to)

    async def person(self, session: str) -> None:
        plan, again, place = self.plan, 1, ""
        while True:
            place, again, _ = await self.ask(place, f"/book/when?site={plan['site']}&day={plan['day']}", session)
            if not again:
                break
            await asyncio.sleep(again)
        act = uuid4()
        told = f"act={act}&site={plan['site']}&starts_at={plan['starts'][0]}"
        *_, leads = await self.ask(place, "/book/hold", session, told)
        if leads == f"/book/{act}":
            *_, leads = await self.ask(place, f"/book/{act}", session, f"act={uuid4()}")
            self.sold += leads == "/record"

    async def run(self) -> None:
        everybody = [asyncio.create_task(self.person(session)) for session in self.plan["sessions"]]
        end = perf_counter() + self.plan["seconds"]
        while perf_counter() < end and (self.sold < self.plan["seats"] or len(self.told) < len(everybody)):
            await asyncio.sleep(0.05)
        for task in everybody:
            task.cancel()
        await asyncio.gather(*everybody, return_exceptions=True)


async def booked(to: Connection, plan: dict[str, Any], session: str, start: str) -> bool:
    act = uuid4()
    if plan.get("look") and await to.ask(f"/book/when?site={plan['site']}&day={plan['day']}", session) != 200:
        return False
    await to.ask("/book/hold", session, f"act={act}&site={plan['site']}&starts_at={start}")
    if to.leads != f"/book/{act}":  # not let in yet, or refused
        return False
    await to.ask(f"/book/{act}", session, f"act={uuid4()}")
    return to.leads == "/record"


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
    sold = {}
    if "seats" in plan:
        rush = Rush(plan, seen)
        await rush.run()
        told, sold = rush.told, {"sold": rush.sold}
    else:
        await asyncio.gather(*(client(plan, work, told, seen, end) for _ in range(plan["clients"])))
    took = perf_counter() - since
    told.sort()
    at = {
        name: round(told[int(len(told) * share)] * 1000, 1) if told else None
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }
    return {"done": len(told), "seconds": took, "statuses": dict(seen), **at, **sold}


if __name__ == "__main__":
    json.dump(asyncio.run(main(json.load(sys.stdin))), sys.stdout)
