"""What is known of each request without looking at anybody: an id for the log, the route, the status, the time it took."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from seawall.platform import snapshot

LOG = logging.getLogger("seawall.requests")
NAMED = re.compile(r"[\w-]{8,64}", re.ASCII)
HEADER = "X-Request-ID"
UNKNOWN = "-"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_request: ContextVar[str] = ContextVar("request", default="")


def request_id() -> str:
    """Id of the request that runs here; empty outside one."""
    return _request.get()


class Observed:
    """Middleware: names the request, and says of its answer what may be said."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        from .counted import count

        self.get_response, self.count = get_response, count

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if NAMED.fullmatch(given) else uuid4().hex
        token, since = _request.set(name), perf_counter()
        try:
            with snapshot.of_request():
                response = self.get_response(request)
            self._tell(request, response.status_code, perf_counter() - since)
        finally:
            _request.reset(token)
        response.headers[HEADER] = name
        return response

    def _tell(self, request: HttpRequest, status: int, seconds: float) -> None:
        match = request.resolver_match
        route = f"/{match.route}" if match else UNKNOWN
        method = request.method if request.method in METHODS else UNKNOWN
        self.count(method, route, status, seconds)
        if LOG.isEnabledFor(logging.INFO):
            told = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1000, 1)}
            LOG.info("request", extra={"told": told})
