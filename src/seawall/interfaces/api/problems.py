"""Problem documents (RFC 9457): what went wrong, where, by which rule, and what to do, in the reader's language."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from seawall.interfaces import words
from seawall.interfaces.items import Mistake
from seawall.terms.acts import Refusal

MEDIA = "application/problem+json"
BY_STATUS = {
    400: "REQUEST_UNREADABLE",
    401: "NOT_SIGNED_IN",
    403: "NOT_PERMITTED",
    404: "NOTHING_HERE",
    405: "METHOD_NOT_ALLOWED",
    413: "REQUEST_TOO_LARGE",
    415: "MEDIA_TYPE",
    429: "TOO_MANY_REQUESTS",
    500: "SERVER_FAILED",
    503: "DATABASE_READS_ONLY",
}


def problem(status: int, why: Refusal, mistakes: Sequence[Mistake] = (), **headers: str) -> HttpResponse:
    """`type` names the reason, `detail` is its sentence; `errors` gives each mistake its item and field."""
    said = _said(why)
    body: dict[str, Any] = {
        "type": f"/api/v1/reasons/{why.code}",
        "title": why.code,
        "status": status,
        "detail": said["detail"],
        "rule": said["rule"],
        "params": dict(why.params),
    }
    if mistakes:
        body["errors"] = [
            {"item": m.row, "field": m.field, "code": m.why.code, "detail": _said(m.why)["detail"]} for m in mistakes
        ]
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _said(why: Refusal) -> Mapping[str, str]:
    seen = {"code": why.code, "params": why.params}
    return {"detail": words.say(seen), "rule": words.rule(seen)}


class Problems:
    """Middleware: any error under /api/ is a problem document, whoever answered it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        plain = response.status_code >= 400 and response.headers.get("Content-Type") != MEDIA
        if not (plain and request.path_info.startswith("/api/")):
            return response
        answer = problem(response.status_code, Refusal(BY_STATUS.get(response.status_code, "REQUEST_UNREADABLE")))
        if "Allow" in response.headers:
            answer.headers["Allow"] = response.headers["Allow"]
        return answer
