"""Django's test client over a real connection: through a proxy that ends TLS, to a server of its own process."""

from http.client import HTTPConnection
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client

KEPT = frozenset({"CONTENT_TYPE", "HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE"})


class Wire(Client):
    """A browser with its cookies; what it asks of `host` goes to a port of this machine."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self.host, self.port, self.handler = host, port, self.sent  # type: ignore[assignment]

    def sent(self, environ: dict[str, Any]) -> HttpResponse:
        """The answer of the server to what the client made of a form or an address."""
        told = {"Host": self.host, "X-Forwarded-Proto": "https", "Origin": f"https://{self.host}"}
        told |= {name.removeprefix("HTTP_").replace("_", "-"): environ[name] for name in KEPT if environ.get(name)}
        path = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".rstrip("?")
        body = environ["wsgi.input"].read() if environ["REQUEST_METHOD"] == "POST" else None
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(environ["REQUEST_METHOD"], path, body, told)
            answer = line.getresponse()
            response = HttpResponse(answer.read(), status=answer.status)
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                response.cookies.load(cookie)
        finally:
            line.close()
        response.wsgi_request = WSGIRequest(environ)  # type: ignore[attr-defined]
        response.url = answer.headers.get("Location")  # type: ignore[attr-defined]
        return response
