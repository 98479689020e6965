"""Pages that say the same to everybody: drawn once in some seconds of a process, and known again by an ETag.

Nothing of anybody's own can be kept: who brings a visit or a message is not answered from here, only views that say so
are kept (`for_everybody`), and of their answers none that sets a cookie.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from seawall.interfaces import flashes, words

from .page import elder

MOST = 400  # pages kept of a process
WORTH = 200  # bytes below which nothing is compressed, as Django has it
OWN = frozenset({settings.SESSION_COOKIE_NAME, flashes.COOKIE})
Key = tuple[object, ...]


def for_everybody(*asked: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page that depends on its address, the language and the size of type alone; `asked` are the names of its query.

    An address that asks for more is answered, but not kept: what nobody reads would fill the room of what everybody does.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.asked = frozenset(asked)  # type: ignore[attr-defined]  # read below
        return view

    return decorate


@dataclass(slots=True)
class Page:
    """A page as drawn: with which headers, plain and compressed, for which route, when, and whether somebody draws it anew."""

    headers: dict[str, str]
    body: bytes
    compressed: bytes
    etag: str
    match: Any
    drawn: float
    renewed: bool = False

    @classmethod
    def of(cls, request: HttpRequest, answer: HttpResponse) -> "Page":
        answer.headers.setdefault("Cache-Control", "no-cache")
        patch_vary_headers(answer, ("Cookie", "Accept-Language", "Accept-Encoding"))
        body = answer.content
        etag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
        compressed = gzip.compress(body, 6, mtime=0) if len(body) >= WORTH else b""
        return cls(dict(answer.items()), body, compressed, etag, request.resolver_match, monotonic())

    def answered(self, request: HttpRequest) -> HttpResponseBase | None:
        request.resolver_match = self.match
        packed = self.compressed and "gzip" in request.headers.get("Accept-Encoding", "")
        answer = HttpResponse(self.compressed if packed else self.body, headers=self.headers)
        answer.headers["ETag"] = self.etag
        answer.headers["Content-Length"] = str(len(answer.content))
        if packed:
            answer.headers["Content-Encoding"] = "gzip"
        return get_conditional_response(request, etag=self.etag, response=answer)


class Kept:
    """Middleware: answers with the page that is there while it is young; one draws it anew, and the others take it meanwhile.

    A page is drawn anew after half of SEAWALL_PUBLIC_SECONDS, and given to nobody after all of them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.method != "GET" or OWN & request.COOKIES.keys():
            return self.get_response(request)
        key = _key(request)
        page = self._found(key)
        if page is None:
            answer = self.get_response(request)
            if not _everybodys(request, answer):
                return answer
            page = Page.of(request, answer)
            self._keep(key, page)
        return page.answered(request)

    def _found(self, key: Key) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            age = monotonic() - page.drawn if page else settings.PUBLIC_SECONDS
            if page is None or age >= settings.PUBLIC_SECONDS:
                return None
            self._pages.move_to_end(key)
            if age < settings.PUBLIC_SECONDS / 2 or page.renewed:
                return page
            page.renewed = True
            return None

    def _keep(self, key: Key, page: Page) -> None:
        """In a demonstration pages follow the clock that one sets, and who asks may be anybody."""
        if settings.SEAWALL_DEMO or not settings.PUBLIC_SECONDS:
            return
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            if len(self._pages) > MOST:
                self._pages.popitem(last=False)


def _key(request: HttpRequest) -> Key:
    """All that such a page depends on; the house by the name that the reader gave it, which feeds repeat."""
    house = request.scheme, request.META.get("HTTP_HOST", "")
    return (*house, request.get_full_path(), words.wished(request), elder(request))


def _everybodys(request: HttpRequest, answer: HttpResponse) -> bool:
    asked = getattr(getattr(request.resolver_match, "func", None), "asked", None)
    if asked is None or answer.status_code != 200 or answer.streaming or answer.cookies:
        return False
    return asked >= request.GET.keys()
