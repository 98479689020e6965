"""Every verb as an operation, and the rows that pages read; the description is made from the verbs themselves."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.openapi.schema import OpenAPISchema

from seawall.platform import access
from seawall.platform.verbs import Verb, all_verbs
from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal, Refused

from . import reading, shapes
from .acts import MOST, act
from .door import BySession, ByToken
from .problems import BY_STATUS, problem
from .rows import RESOURCES, Resource

ANSWERS = shapes.answers((400, 401, 403, 404, 413, 415, 422, 429), shapes.Outcomes)


class Api(NinjaAPI):
    """Ninja's API with the items of verbs among its schemas."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(*args, **kwargs)
        shapes.describe(schema, doors())
        reading.describe(schema, RESOURCES, "/api/v1/")
        return schema


def doors() -> "list[Verb[Any, Any]]":
    """Verbs that may be asked for from outside."""
    return [verb for verb in all_verbs().values() if not verb.inside]


api = Api(title="Seawall", version="1", urls_namespace="api", docs_url=None, auth=[ByToken(), BySession()])


def _operation(verb: "Verb[Any, Any]") -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        return act(request, verb, request.auth)  # type: ignore[attr-defined]  # set by ninja: the Actor

    view.__name__ = verb.name
    return view


for each in doors():
    api.default_router.add_api_operation(
        f"/acts/{each.name}",
        ["POST"],
        _operation(each),
        operation_id=each.name,
        summary=each.en,
        description=each.__doc__,
        tags=["acts"],
        openapi_extra=shapes.body_of(each, MOST) | ANSWERS,
    )


def _list(resource: Resource) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        return reading.read(request, resource, request.auth)  # type: ignore[attr-defined]  # set by ninja: the Actor

    view.__name__ = resource.name
    return view


for every in RESOURCES:
    api.default_router.add_api_operation(
        f"/{every.name}",
        ["GET"],
        _list(every),
        operation_id=f"{every.name}_read",
        summary=(every.row.__doc__ or every.name).splitlines()[0],
        tags=["rows"],
        openapi_extra=reading.parameters(every) | shapes.answers((400, 401, 403, 422, 429)),
    )


@api.get(
    "/reasons/{code}", response={200: shapes.ReasonOf} | dict.fromkeys((401, 404, 429), shapes.Problem), tags=["words"]
)
def reason(request: HttpRequest, code: str) -> dict[str, str] | HttpResponse:
    """What the type of a problem names: its severity, its rule and its sentence in both languages."""
    found = reference.reason(code)
    return asdict(found) if found.code else problem(404, Refusal(BY_STATUS[404]))


@api.get("/verbs", response={200: list[shapes.VerbOf]} | dict.fromkeys((401, 429), shapes.Problem), tags=["words"])
def verbs(request: HttpRequest) -> list[dict[str, Any]]:
    """What the caller's post may do."""
    actor = request.auth  # type: ignore[attr-defined]
    return [
        {"name": v.name, "zh": v.zh, "en": v.en, "item": v.item.__name__, "destroys": v.destroys}
        for v in doors()
        if any(access.may(actor, grant) for grant in v.grants)
    ]


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A whole request refused: no right, or something that does not exist."""
    return problem(403, error.refusal)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401, Refusal(BY_STATUS[401]), WWW_Authenticate="Bearer")


@api.exception_handler(HttpError)
def failed(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, Refusal(BY_STATUS.get(error.status_code, BY_STATUS[400])))
