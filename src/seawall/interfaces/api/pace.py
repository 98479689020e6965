"""How often the machine's door may be knocked at, by caller and by address; counted in the database for all processes."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from seawall.interfaces import guard
from seawall.terms.acts import Refusal

from .problems import BY_STATUS, problem


class Pace:
    """Middleware: whoever asks under /api/ more often than limits.csv says is told when to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/") and (wait := guard.too_often(request, "api", **_caller(request))):
            return guard.waits(problem(429, Refusal(BY_STATUS[429])), wait)
        return self.get_response(request)


def _caller(request: HttpRequest) -> dict[str, str]:
    """The token or the session as sent: known or not, it is one caller."""
    sent = request.headers.get("Authorization") or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return {"caller": sent} if sent else {}
