"""Schemas of the description: outcomes, problems, and every item from its dataclass with the words of its fields."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from ninja import Schema
from ninja.schema import NinjaGenerateJsonSchema
from pydantic import JsonValue
from pydantic.json_schema import models_json_schema

from seawall.interfaces.items import item_fields, reader
from seawall.platform.verbs import Verb
from seawall.terms.lengths import lengths

REF = "#/components/schemas/{model}"


class Reason(Schema):
    """Why an item was refused: code and parameters of the reason registry, its sentence and its rule."""

    code: str
    params: dict[str, JsonValue]
    sentence: str
    rule: str


class OutcomeOf(Schema):
    """What came of one item, in the order sent."""

    act: str
    done: bool
    replayed: bool
    answer: dict[str, JsonValue] | None = None
    refusal: Reason | None = None


class Outcomes(Schema):
    outcomes: list[OutcomeOf]


class ItemMistake(Schema):
    """A field that could not be read; `item` counts from 0."""

    item: int
    field: str
    code: str
    detail: str


class ReasonOf(Schema):
    """A row of the reason registry."""

    code: str
    severity: str
    rule: str
    zh: str
    en: str


class VerbOf(Schema):
    """An act that the caller may ask for."""

    name: str
    zh: str
    en: str
    item: str
    destroys: bool


class Problem(Schema):
    """RFC 9457, served as application/problem+json."""

    type: str
    title: str
    status: int
    detail: str
    rule: str
    params: dict[str, JsonValue]
    errors: list[ItemMistake] | None = None


def answers(problems: Iterable[int], good: type[Schema] | None = None) -> dict[str, Any]:
    """The answers of an operation by reference: one schema for all, where a declared response is a model for each."""
    kinds = ({200: good} if good else {}) | dict.fromkeys(problems, Problem)
    return {"responses": {status: _answer(status, kind) for status, kind in kinds.items()}}


def _answer(status: int, kind: type[Schema]) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=kind.__name__)}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": {"schema": schema}},
    }


def body_of(verb: "Verb[Any, Any]", most: int) -> dict[str, Any]:
    """The request of a verb: up to `most` items; `occurred_at` may be left to the server."""
    items = {
        "type": "array",
        "maxItems": most,
        "items": {"$ref": REF.format(model=verb.item.__name__)},
    }
    schema = {
        "type": "object",
        "required": ["items"],
        "additionalProperties": False,
        "properties": {"items": items},
    }
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    }


def describe(document: dict[str, Any], verbs: "Iterable[Verb[Any, Any]]") -> None:
    """Put every item among the components, with label, unit and meaning of each field."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    _, shared = models_json_schema(
        [(Outcomes, "serialization"), (Problem, "serialization")],
        ref_template=REF,
        schema_generator=NinjaGenerateJsonSchema,
    )
    components.update(shared["$defs"])
    for verb in verbs:
        kind: Any = verb.item
        schema = reader(kind).json_schema(ref_template=REF)
        components.update(schema.pop("$defs", {}))
        for field in item_fields(kind):
            told = schema["properties"][field.name]
            told["title"] = f"{field.en} · {field.zh}"
            unit = f" [{field.unit}]" if field.unit else ""
            told["description"] = f"{field.meaning_en}{unit}".strip()
            if told.get("type") == "string" and "format" not in told:
                told["maxLength"] = lengths(kind)[field.name]
        schema["required"] = [name for name in schema["required"] if name != "occurred_at"]
        components[kind.__name__] = schema
