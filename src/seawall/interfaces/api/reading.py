"""GET /{resource}: rows in pages behind an opaque cursor, as JSON or CSV, with an ETag; every person shown is a look on record."""

import base64
import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from pydantic import TypeAdapter

from seawall.interfaces import reading
from seawall.interfaces.campaign import code_in_address
from seawall.platform import access
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal

from .problems import problem
from .rows import CAMPAIGN, KINDS, Resource
from .shapes import REF

MOST, FEW = 1_000, 100  # rows of a page: at most, and where nobody says
ASKED_AT_ONCE = 1_000  # persons of one question
PAGING = {"cursor": "text", "limit": "number"}
Key = tuple[str, ...]


class Unread(Exception):
    """A parameter that cannot be read, and why."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.why = Refusal(code, {"field": field})


def read(request: HttpRequest, resource: Resource, actor: Actor) -> HttpResponse:
    """One page of a resource."""
    access.require(actor, resource.grant)
    try:
        asked = _asked(request, resource)
        after = _place(asked.pop("cursor", ""))
    except Unread as unread:
        return problem(422, unread.why)
    limit = min(asked.pop("limit", FEW), MOST) or FEW
    if resource.follows or resource.endless:
        return _follow(request, resource, actor, asked, after, limit)
    rows = {_key(row, resource.key): row for row in resource.rows(actor, asked)}
    keys = sorted(key for key in rows if key > after)
    page = [rows[key] for key in keys[:limit]]
    return _shown(request, resource, actor, page, _cursor(keys[limit - 1]) if len(keys) > limit else None)


def _follow(
    request: HttpRequest, resource: Resource, actor: Actor, asked: dict[str, Any], after: Key, limit: int
) -> HttpResponse:
    """What the database finds after a place; of a list without end the place stays where nothing follows."""
    try:
        place = _typed(resource, after)
    except ValueError:
        return problem(422, Refusal("FIELD_WRONG", {"field": "cursor"}))
    told = asked | {"after": place, "limit": limit if resource.endless else limit + 1}
    found = list(resource.rows(actor, told))
    page = found[:limit]
    last = _key(page[-1], resource.key) if page else after
    goes_on = bool(last) if resource.endless else len(found) > limit
    return _shown(request, resource, actor, page, _cursor(last) if goes_on else None)


def _shown(
    request: HttpRequest, resource: Resource, actor: Actor, page: list[Any], following: str | None
) -> HttpResponse:
    """A page of rows; whoever stands in it was looked at."""
    if not resource.looks and any(f.name == "person_id" for f in fields(resource.row)):
        access.record_look(actor, {row.person_id for row in page}, f"api {resource.name}")
    return _answer(request, resource, page, following)


def _typed(resource: Resource, after: Key) -> tuple[Any, ...]:
    """A place as the columns of its key hold it; ValueError where it is none."""
    if not after:
        return ()
    hints = get_type_hints(resource.row)
    return tuple(PARTS[hints[name]](part) for name, part in zip(resource.key, after, strict=True))


def _whole(text: str) -> int:
    """A number of a place, no greater than a column holds."""
    number = int(text)
    if abs(number) > reading.GREATEST:
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


PARTS: dict[Any, Callable[[str], Any]] = {int: _whole, datetime: _moment, UUID: UUID}


def _asked(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    known = {name: KINDS[name] for name in (*resource.asks, *resource.needs)} | PAGING
    for name in request.GET:
        if name not in known:
            raise Unread("FIELD_UNKNOWN", name)
    for name in resource.needs:
        if name not in request.GET and not (name == CAMPAIGN and code_in_address(request)):
            raise Unread("FIELD_MISSING", name)
    asked = {name: READERS[known[name]](name, request.GET.getlist(name)) for name in request.GET}
    within = code_in_address(request)
    return {CAMPAIGN: within} | asked if within and CAMPAIGN in known else asked


def _numbers(name: str, texts: list[str]) -> list[int]:
    found = [reading.number_or_none(text) for text in texts]
    if None in found or len(found) > ASKED_AT_ONCE:
        raise Unread("FIELD_NOT_NUMBER", name)
    return [number for number in found if number is not None]


def _date(name: str, texts: list[str]) -> Any:
    found = reading.day_or_none(texts[-1])
    if found is None:
        raise Unread("FIELD_NOT_DATE", name)
    return found


def _words(name: str, texts: list[str]) -> str:
    if "\0" in texts[-1]:
        raise Unread("FIELD_NOT_TEXT", name)
    return texts[-1]


READERS: dict[str, Callable[[str, list[str]], Any]] = {
    "date": _date,
    "number": lambda name, texts: _numbers(name, texts)[-1],
    "numbers": _numbers,
    "text": _words,
}


def _key(row: Any, names: Sequence[str]) -> Key:
    return tuple(_sortable(getattr(row, name)) for name in names)


def _sortable(value: object) -> str:
    """A text that sorts as the value does."""
    if isinstance(value, int):
        return f"{value:020d}"
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _place(cursor: str) -> Key:
    """The key of the last row of the page before."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor)) if cursor else []
    except ValueError as error:
        raise Unread("FIELD_WRONG", "cursor") from error
    if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
        raise Unread("FIELD_WRONG", "cursor")
    return tuple(found)


@cache
def _writer(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(list[kind])


def _answer(request: HttpRequest, resource: Resource, page: list[Any], following: str | None) -> HttpResponse:
    rows = _writer(resource.row).dump_python(page, mode="json")
    if "text/csv" in request.headers.get("Accept", ""):
        answer = HttpResponse(_csv(resource, rows), content_type="text/csv; charset=utf-8")
    else:
        told = json.dumps({"rows": rows, "next": following}, ensure_ascii=False)
        answer = HttpResponse(told, content_type="application/json")
    if following:
        answer.headers["Link"] = f'<?cursor={following}>; rel="next"'
    tag = f'"{hashlib.blake2b(answer.content, digest_size=16).hexdigest()}"'
    answer.headers["ETag"], answer.headers["Cache-Control"] = tag, "private, no-cache"
    patch_vary_headers(answer, ["Accept", "Authorization", "Cookie"])
    return get_conditional_response(request, etag=tag, response=answer) or answer


def _csv(resource: Resource, rows: Sequence[dict[str, Any]]) -> str:
    text, names = io.StringIO(), [f.name for f in fields(resource.row)]
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """Lists as JSON; no text that a spreadsheet takes for a formula."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


TYPES = {"date": {"type": "string", "format": "date"}, "number": {"type": "integer"}, "text": {"type": "string"}}
TYPES["numbers"] = {"type": "array", "items": {"type": "integer"}, "maxItems": ASKED_AT_ONCE}  # type: ignore[dict-item]


def parameters(resource: Resource) -> dict[str, Any]:
    """Of the description: what may be asked, and what must."""
    known = {name: KINDS[name] for name in (*resource.asks, *resource.needs)} | PAGING
    return {
        "parameters": [
            {"name": name, "in": "query", "required": name in resource.needs, "schema": TYPES[kind]}
            for name, kind in known.items()
        ]
    }


def describe(document: dict[str, Any], resources: Sequence[Resource], prefix: str) -> None:
    """Put every row among the components, and what a reader answers where it reads well."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for resource in resources:
        schema = TypeAdapter(resource.row).json_schema(ref_template=REF, mode="serialization")
        components.update(schema.pop("$defs", {}))
        components[resource.row.__name__] = schema
        rows = {"type": "array", "items": {"$ref": REF.format(model=resource.row.__name__)}}
        page = {
            "type": "object", "required": ["rows", "next"],
            "properties": {"rows": rows, "next": {"type": ["string", "null"]}},
        }  # fmt: skip
        answers = document["paths"][f"{prefix}{resource.name}"]["get"]["responses"]
        answers[200] = {
            "description": "A page of rows",
            "content": {"application/json": {"schema": page}, "text/csv": {"schema": {"type": "string"}}},
        }
        answers[304] = {"description": "What was read before still holds"}
