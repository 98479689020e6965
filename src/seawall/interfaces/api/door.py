"""Who asks: a machine by its token, or a person by the session of the console. Either way a post acts, with its own rights."""

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from seawall.interfaces import guard, words
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor


class ByToken(HttpBearer):
    """`Authorization: Bearer TOKEN`, of a post's token that has not ended."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return staff.actor_by_token(token, words.language())


class BySession(APIKeyCookie):
    """The session that a person signed in with; a change asks for the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        return guard.actor_of(request) if key else None
