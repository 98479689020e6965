"""Writes docs/verbs.md, the manual of verbs, from the verbs themselves: `python -m tests.spec.verbs`."""

import ast
import inspect
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.urls import get_resolver
from typer import BadParameter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")
django.setup()

from seawall.interfaces import choices, filling  # noqa: E402
from seawall.interfaces.api import api  # noqa: E402
from seawall.interfaces.cli import acting  # noqa: E402
from seawall.interfaces.console.views import acts  # noqa: E402
from seawall.interfaces.items import Field, item_fields  # noqa: E402
from seawall.platform.verbs import Verb, all_verbs  # noqa: E402
from seawall.reference.reasons import registry  # noqa: E402
from seawall.staff.roles import shipped_roles  # noqa: E402
from seawall.terms.actor import Actor  # noqa: E402
from tests.api.examples import example  # noqa: E402

PAGE = Path(__file__).parents[2] / "docs" / "verbs.md"
HEAD = """# 操作手册 · The manual of verbs

由 `python -m tests.spec.verbs` 从操作本身生成。 Made from the verbs themselves.

Every act is one verb on a batch of items. Doors: `POST /api/v1/acts/{verb}` (up to 1,000 items), the form
`/console/act/{verb}`, `seawall act VERB FILE --post N`, and for daily work a page of its own. Any door may answer
`NOT_PERMITTED` (the role does not hold it), `OUT_OF_AREA` (outside the reach of the post),
`ACT_CONTENT_DIFFERS` (the same act id with other content) and `ACT_OF_ANOTHER_POST` (the same act id of another post,
where the room judges the reach). Every item also takes `act` (a UUID; sent twice, done once)
and `occurred_at` (a moment with its zone; left out, the receiver dates it).
"""


@cache
def pages() -> Mapping[str, str]:
    """Grants that a designed page of the console asks for, and verbs that it does, each with the shortest such address."""
    found: dict[str, str] = {}
    for route, view in sorted(_views(get_resolver().url_patterns), key=lambda pair: (len(pair[0]), pair[0])):
        for asked in filter(None, (getattr(view, "grant", ""), *getattr(view, "does", ()))):
            found.setdefault(asked, f"/{route}")
    return found


def _views(patterns: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from _views(pattern.url_patterns, route)
        elif pattern.callback:
            yield route, pattern.callback


def doors(verb: "Verb[Any, Any]") -> dict[str, str]:
    """Where each door takes the verb; empty where it does not."""
    command, holder = "", Actor(0, 0, "", frozenset(verb.grants))
    with suppress(BadParameter):
        command = f"seawall act {acting.verb_of(verb.name).name}"
    return {
        "page": next((pages()[name] for name in (verb.name, *verb.grants) if name in pages()), ""),
        "form": f"/console/act/{verb.name}" if verb in acts.held(holder) else "",
        "API": f"/api/v1/acts/{verb.name}" if verb in api.doors() else "",
        "command": command,
    }


def doored() -> "list[Verb[Any, Any]]":
    return [verb for verb in all_verbs().values() if not verb.inside]


def holders(verb: "Verb[Any, Any]") -> list[str]:
    return [code for code, role in shipped_roles().items() if role.grants & set(verb.grants)]


# Reasons that a verb's code names, followed through the functions of its own room


@cache
def _module(name: str) -> tuple[dict[str, ast.AST], dict[str, tuple[str, str]]]:
    """What a module defines, and what it takes from its own room: local name to module and name (empty: the module)."""
    module = import_module(name)
    path = Path(inspect.getfile(module))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    defined: dict[str, ast.AST] = {}
    taken: dict[str, tuple[str, str]] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {target.id: node for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom) and (source := _own(node, package)):
            for alias in node.names:
                taken[alias.asname or alias.name] = (source, alias.name)
    return defined, taken


def _own(node: ast.ImportFrom, package: str) -> str:
    """The module of its own room that an import takes from; empty where it is another's."""
    if not node.level:
        room = ".".join(package.split(".")[:2])
        return node.module if node.module and f"{node.module}.".startswith(f"{room}.") else ""
    base = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
    return f"{base}.{node.module}" if node.module else base


def _stops(name: str, node: ast.AST) -> set[str]:
    """Codes of the interlocks that a piece runs: those of a step (`RULES["dose"]`), or all of its room (`tables.interlocks()`)."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("RULES"):
        wanted = ast.literal_eval(node.slice)
    elif isinstance(node, ast.Call) and ast.unparse(node) == "tables.interlocks()":
        wanted = ""
    else:
        return set()
    rows = import_module(f"{'.'.join(name.split('.')[:2])}.tables").interlocks()
    return {row.code for row in rows if wanted in ("", row.step)}


@cache
def _named(name: str, wanted: str) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    """What one definition names: codes of the registry, and what it may call."""
    defined, taken = _module(name)
    codes, calls = set[str](), dict[tuple[str, str], None]()
    for node in ast.walk(defined[wanted]):
        codes |= _stops(name, node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in registry():
            codes.add(node.value)
        elif isinstance(node, ast.Name):
            calls[name, node.id] = None
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in taken:
            source, part = taken[node.value.id]
            calls |= {(f"{source}.{part}", node.attr): None, (source, part): None}
    return frozenset(codes), tuple(calls)


@cache
def reasons(verb: "Verb[Any, Any]") -> list[str]:
    """Codes of the registry that the verb's body, and what it calls in its room, name."""
    found: set[str] = set()
    todo, seen = [(verb.body.__module__, verb.body.__name__)], set[tuple[str, str]]()
    while todo:
        place = todo.pop()
        if place in seen:
            continue
        seen.add(place)
        name, wanted = place
        try:
            defined, taken = _module(name)
        except ImportError:
            continue
        if wanted not in defined:
            todo += [taken[wanted]] if wanted in taken else []
            continue
        codes, calls = _named(name, wanted)
        found |= codes
        todo += calls
    stops = {code for code in found if registry()[code].severity != "note"}
    return sorted(stops)


# The page


def _kind(field: Field) -> str:
    """How a value is written in JSON."""
    how = filling.way(field.kind)
    said = {
        "text": "text", "password": "text", "number": "whole number", "decimal": "number", "date": "date",
        "datetime-local": "moment with zone", "time": "time", "yes_no": "true or false", "id": "UUID",
        "several": "list of texts", "pairs": "object", "part": "object", "rows": "list of objects",
    }  # fmt: skip
    if how is filling.Way.CHOICE:
        return ", ".join(f"`{member.value}`" for member in filling.core(field.kind))
    known = choices.lists().get(field.picks) if how in (filling.Way.TEXT, filling.Way.SEVERAL) else None
    return f"{said[how]}: {', '.join(f'`{value}`' for value in known)}" if known else said[how]


def _need(field: Field) -> str:
    if field.required:
        return "may be null" if filling.nullable(field.kind) else "needed"
    if field.default in (None, "", (), frozenset()) or field.default == {}:
        return "empty"
    if isinstance(field.default, frozenset):
        return "all of them"
    return f"`{json.dumps(getattr(field.default, 'value', field.default), default=str)}`"


def _rows(fields: tuple[Field, ...], before: str = "") -> Iterator[str]:
    for field in fields:
        unit = f" [{field.unit}]" if field.unit not in ("", "moment") else ""
        names = f"{field.zh} · {field.en}{unit}"
        meaning = " ".join(filter(None, (field.meaning_zh, field.meaning_en)))
        yield f"| `{before}{field.name}` | {names} | {_kind(field)} | {_need(field)} | {meaning} |"
        if filling.way(field.kind) in (filling.Way.ROWS, filling.Way.PART):
            yield from _rows(filling.part_fields(field.kind), f"{before}{field.name}.")


def _verb(verb: "Verb[Any, Any]") -> Iterator[str]:
    yield f"## {verb.name}\n"
    yield f"**{verb.zh} · {verb.en}.** {' '.join((inspect.getdoc(verb.body) or '').split())}\n"
    named = shipped_roles()
    yield "Who may: " + (", ".join(f"{named[c].zh} {named[c].en}" for c in holders(verb)) or "nobody yet") + ".\n"
    told = [f"Announces {', '.join(f'`{fact}`' for fact in sorted(verb.tells))}."] if verb.tells else []
    told += ["It destroys: a person is shown what it touches before confirming."] if verb.destroys else []
    told += [f"The room judges the reach: {verb.judged_by_room}."] if verb.judged_by_room else []
    if told:
        yield " ".join(told) + "\n"
    kind: Any = verb.item
    fields = tuple(f for f in item_fields(kind) if f.name not in ("act", "occurred_at", "dated_here"))
    if fields:
        yield "| field | 名称 · name | written as | default | meaning |\n|---|---|---|---|---|"
        yield from _rows(fields)
        yield ""
    if codes := reasons(verb):
        yield "Refuses: " + ", ".join(f"[`{code}`](#reasons)" for code in codes) + "\n"
    body = json.dumps({"items": [example(verb)]}, ensure_ascii=False)
    yield f"```\ncurl -X POST $SEAWALL/api/v1/acts/{verb.name} -H \"Authorization: Bearer $TOKEN\" \\\n" \
          f"  -H 'Content-Type: application/json' -d '{body}'\n```\n"  # fmt: skip


def _doors() -> Iterator[str]:
    yield "| verb | 名称 · name | page of its own | form | API | command | roles |\n|---|---|---|---|---|---|---|"
    for verb in doored():
        page, *others = doors(verb).values()
        ways = " | ".join([f"`{page}`" if page else "", *("yes" if way else "" for way in others)])
        yield f"| [`{verb.name}`](#{verb.name}) | {verb.zh} · {verb.en} | {ways} | {', '.join(holders(verb))} |"
    yield ""


def _reasons() -> Iterator[str]:
    yield "## Reasons\n\n| code | 中文 | English |\n|---|---|---|"
    for code in sorted({code for verb in doored() for code in reasons(verb)}):
        row = registry()[code]
        yield f"| `{code}` | {row.zh} | {row.en} |"


def text() -> str:
    lines = [HEAD, *_doors(), *(line for verb in doored() for line in _verb(verb)), *_reasons()]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
