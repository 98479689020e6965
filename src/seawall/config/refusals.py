"""The one door before console and portal: what cannot be read, found or allowed is answered by a page in words.

Such a request is nobody's failure here: it is noted as a warning. A failure of the rooms themselves stays an error.
"""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from traceback import walk_tb
from typing import Any

from django.conf import settings
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDictKeyError
from django.views.defaults import server_error

from seawall.interfaces import words
from seawall.interfaces.api.problems import problem
from seawall.interfaces.campaign import unknown
from seawall.interfaces.console.page import refuse as refuse_post
from seawall.interfaces.guard import waits
from seawall.interfaces.portal.page import refuse as refuse_public
from seawall.interfaces.reading import GREATEST, UNREADABLE
from seawall.platform import unwritten
from seawall.terms.acts import Refusal, Refused

from .paths import PACKAGE

LOG = logging.getLogger(__name__)
STATUS = {UNREADABLE: 400, "DAY_UNREADABLE": 400, "DAY_OUTSIDE": 404, "DAY_WITHOUT_CLOSING": 404}
"""Refusals that are no question of rights."""
FORBIDDEN, NOT_FOUND, NOT_NOW = 403, 404, 503
SOON = 60  # seconds until a visitor may try again
DOORS = PACKAGE / "interfaces"


def _page(request: HttpRequest, refusal: Refusal, status: int) -> HttpResponse:
    refuse = refuse_post if request.path_info.startswith("/console") else refuse_public
    return refuse(request, refusal, status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    LOG.warning("a request that cannot be read", exc_info=exception)
    return _page(request, Refusal(UNREADABLE), STATUS[UNREADABLE])


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, Refusal("PAGE_UNKNOWN"), NOT_FOUND)


def not_now(request: HttpRequest, error: Exception, why: Refusal) -> HttpResponse:
    """Nothing can be written: what was asked is not done, and can be asked again."""
    LOG.error("nothing can be written", exc_info=error)
    api = request.path_info.startswith("/api/")
    return waits(problem(NOT_NOW, why) if api else _page(request, why, NOT_NOW), SOON)


def failed(request: HttpRequest) -> HttpResponse:
    """An error outside every view. Where a session could not be kept, one sentence, which needs no session."""
    error = sys.exc_info()[1]
    if error and (told := unwritten.why(error)):
        said = words.say({"code": told.refusal.code, "params": told.refusal.params})
        return waits(HttpResponse(said, status=NOT_NOW, content_type="text/plain; charset=utf-8"), SOON)
    return server_error(request)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without this visit's key: kept over night, sent from elsewhere, or over a way that keeps no key."""
    if settings.CSRF_COOKIE_SECURE and not request.is_secure():
        over_tls = request.headers.get("Origin", request.headers.get("Referer", "")).startswith("https://")
        if over_tls:
            LOG.warning("the proxy in front does not say that requests come over TLS")
        return _page(request, Refusal("PROXY_HIDES_TLS" if over_tls else "TLS_NEEDED"), FORBIDDEN)
    return _page(request, Refusal("FORM_TOO_OLD"), FORBIDDEN)


def unreadable(error: BaseException) -> bool:
    """Whether a request, and not this program, is at fault: a field is missing, a value fits no column or no calendar,
    or a door itself could not read it. The same error raised deeper in a room is a failure of ours."""
    if isinstance(error, MultiValueDictKeyError | DataError | OverflowError):
        return True
    ours = [Path(frame.f_code.co_filename) for frame, _ in walk_tb(error.__traceback__)]
    ours = [path for path in ours if path.is_relative_to(PACKAGE)]
    return isinstance(error, ValueError) and bool(ours) and ours[-1].is_relative_to(DOORS)


class InWords:
    """Middleware: asks before a view whether its values can be anything at all, and answers what a view raises."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[object, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if why := unknown(request):
            api = request.path_info.startswith("/api/")
            return problem(NOT_FOUND, why) if api else _page(request, why, NOT_FOUND)
        if any(isinstance(value, int) and value > GREATEST for value in kwargs.values()):
            return not_found(request)
        told = [text for query in (request.GET, request.POST) for _, texts in query.lists() for text in texts]
        if any("\0" in str(text) for text in (*told, *kwargs.values())):
            return bad_request(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return _page(request, exception.refusal, STATUS.get(exception.refusal.code, FORBIDDEN))
        if isinstance(exception, Http404):
            return not_found(request)
        if told := unwritten.why(exception):
            return not_now(request, exception, told.refusal)
        return bad_request(request, exception) if unreadable(exception) else None
