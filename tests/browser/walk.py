"""Walks the pages that a post can reach: its rail, what is known by address, then one link of each kind that a page shows."""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit

ANY = re.compile(r"/[^/]*\d[^/]*(?=/|$)")  # a number, an act, the code of a lot
ELSEWHERE = re.compile(
    r"\.(csv|xlsx|svg)(\?|$)|format=|/start$|/template|/policy/"
)  # files; and what is asked again until planned
LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.href)"


def kind(address: str) -> str:
    """The address without its numbers and values: pages of one kind are walked once."""
    parts = urlsplit(address)
    return ANY.sub("/N", parts.path) + "".join(sorted(f"?{name}" for name, _ in parse_qsl(parts.query)))


def pages(
    visitor, home: str, seen: set[str], known: Iterable[str] = (), before: Callable[[], None] = lambda: None
) -> Iterator[str]:
    """The path of each page of a kind not yet seen, open in the visitor's browser while the walk waits; `before` runs before each."""
    visitor.enter(home)
    waiting = [visitor.page.url, *(visitor.address + path for path in known)]
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        if kind(address) in seen or parts.netloc != urlsplit(visitor.address).netloc:
            continue
        if not parts.path.startswith("/console/") or ELSEWHERE.search(address):
            continue
        seen.add(kind(address))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        before()
        status = visitor.arrive(path)
        assert status in {200, 403}, path
        if status == 403:
            visitor.complaints.pop()  # the browser's own word for it
        seen.add(kind(visitor.page.url))
        waiting += visitor.page.evaluate(LINKS)
        yield path
