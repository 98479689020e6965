"""Every page that a link leads to, for every kind of user and in both languages; the slowest beside the start page."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from seawall.drill import selectors as drill
from seawall.platform import sql

from .measure import Line, p50

LANGUAGES = {"zh": "zh-hans", "en": "en"}
SAMPLES = 2  # addresses of one page that are measured for one kind of user


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") if tag == "a" else None
        if href:
            self.found.append(href)


@dataclass
class Round:
    """One user's way through the house: addresses by page name."""

    client: Client
    seen: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def walk(self, start: str) -> None:
        waiting = [start]
        while waiting:
            path = waiting.pop(0)
            response = self.client.get(path, follow=True)
            if response.status_code >= 400:
                self.refused[path] = response.status_code
            if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
                waiting += list(self._fresh(path, response.content.decode()))

    def _fresh(self, base: str, text: str) -> Iterator[str]:
        reader = _Links()
        reader.feed(text)
        for href in reader.found:
            parts = urlsplit(href)
            path = parts.path or urlsplit(base).path
            if parts.netloc or not path.startswith("/") or "format=csv" in parts.query:
                continue
            try:
                name = resolve(path).url_name or path
            except Resolver404:
                continue
            whole = f"{path}?{parts.query}" if parts.query else path
            kept = self.seen.setdefault(name, [])
            if whole not in kept and len(kept) < SAMPLES:
                kept.append(whole)
                yield whole


def users() -> Iterator[tuple[str, Client, str]]:
    """A client for each kind of user that the demonstration offers, and where each begins."""
    for post in drill.demo_posts():
        client = Client(raise_request_exception=False)
        response = client.post(reverse("enter"), {"post": post["post_id"]})
        yield post["role"], client, response.headers["Location"]
    citizen = Client(raise_request_exception=False)
    response = citizen.post(reverse("citizen"), {"person": drill.demo_citizens()[0]["person_id"]})
    yield "citizen", citizen, response.headers["Location"]
    yield "public", Client(raise_request_exception=False), reverse("home")


def measured(label: str) -> list[Line]:
    timed: list[tuple[float, str]] = []
    pages = 0
    for role, client, home in users():
        way = Round(client)
        way.walk(home)
        paths = ({p for found in way.seen.values() for p in found} | {home}) - set(way.refused)
        for path, status in way.refused.items():
            sys.stderr.write(f"  {role}: {path} answers {status}\n")
        pages += len(paths)
        for language in LANGUAGES.values():
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            timed += [(p50(partial(client.get, p)), f"{role} {language} {p}") for p in sorted(paths)]
    start = p50(lambda: Client(raise_request_exception=False).get(reverse("start")), 9)
    bare = p50(lambda: sql.fetch("SELECT 1"), 50)
    timed.sort(reverse=True)
    slowest, where = timed[0]
    middle = timed[len(timed) // 2][0]
    return [
        Line(
            f"slowest of {pages} pages in two languages, {label}: {where}",
            f"{slowest * 1000:,.0f} ms",
            f"{start * 1000:,.1f} ms for the start page",
            f"{slowest / start:.1f}×",
        ),
        Line(
            "the page in the middle",
            f"{middle * 1000:,.0f} ms",
            f"{bare * 1000:.2f} ms for SELECT 1",
            f"{middle / bare:,.0f}×",
        ),
        *(
            Line(f"next slowest: {at}", f"{spent * 1000:,.0f} ms", "", f"{spent / start:.1f}×")
            for spent, at in timed[1:4]
        ),
    ]
