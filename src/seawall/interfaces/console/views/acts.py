"""The plain form of any verb that the post holds, and the list of them: filled in, shown where it needs a second look, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import Http404, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from seawall.interfaces import filling, picking, reading, words
from seawall.interfaces.console import controls
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.interfaces.console.touching import touched
from seawall.interfaces.items import Field, read
from seawall.interfaces.lines import label, named
from seawall.interfaces.option import spoken
from seawall.platform import access, clock
from seawall.platform.verbs import Verb, all_verbs
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Outcome, Refusal, Refused

MOST = 1_000  # lines of one pasted table
Wrong = dict[str, list[Refusal]]
Anything = Verb[Any, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A verb as pages name it."""

    name: str
    title: str
    destroys: bool


@dataclass(frozen=True, slots=True)
class Room:
    """The verbs of one room that a post holds."""

    name: str
    verbs: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it is shown: its number in the table, what it says in words, and what is wrong with it or came of it."""

    number: int
    cells: tuple[str, ...]
    wrong: tuple[tuple[str, dict[str, Any]], ...] = ()
    outcome: Outcome | None = None


def room_names() -> Mapping[str, str]:
    return {
        "reference": _("Reference data"), "staff": _("Staff"), "people": _("People"), "campaigns": _("Campaigns"),
        "supply": _("Supply"), "sites": _("Sites"), "booking": _("Booking"), "outreach": _("Reaching people"),
        "clinic": _("At the site"), "certificates": _("Certificates"), "safety": _("Safety"), "reports": _("Reports"),
        "command": _("Command"),
    }  # fmt: skip


def held(actor: Actor) -> "list[Anything]":
    """Verbs with a door that the post may do."""
    return [v for v in all_verbs().values() if not v.inside and any(access.may(actor, g) for g in v.grants)]


def entry(verb: "Anything") -> Entry:
    return Entry(verb.name, words.pick({"zh": verb.zh, "en": verb.en}), verb.destroys)


@door("see:frame")
def acts(request: ActorRequest) -> HttpResponse:
    """What my post may do: verbs by room, found as one types."""
    wanted = "".join(request.GET.get("q", "").lower().split())
    rooms: dict[str, list[Entry]] = {}
    for verb in held(request.actor):
        if wanted in f"{verb.name} {spoken(verb.zh, verb.en)}":
            rooms.setdefault(verb.body.__module__.split(".")[1], []).append(entry(verb))
    listed = [Room(name, tuple(rooms[room])) for room, name in room_names().items() if room in rooms]
    template = "console/parts/acts.html" if getattr(request, "htmx", False) else "console/acts.html"
    return show(request, template, {"rooms": listed, "asked": request.GET.get("q", ""), "section": "acts"})


@door("see:frame")
def pick(request: ActorRequest, kind: str) -> HttpResponse:
    """Options that answer to what is typed, for the field whose text was sent."""
    name = next((key for key in request.GET if key.endswith(controls.SAID)), "")
    if kind not in picking.KINDS or not name:
        raise Http404
    said = request.GET[name].strip()
    found = picking.answers(kind, request.actor, said)
    context = {"name": name.removesuffix(controls.SAID), "said": said, "options": found, "asked": bool(said)}
    return show(request, "console/parts/picks.html", context)


@door("see:frame")
def act(request: ActorRequest, name: str) -> HttpResponse:
    """The form; what it says before it is confirmed; and what came of it."""
    verb = all_verbs().get(name)
    if verb is None or verb.inside:
        raise Http404
    access.require(request.actor, *verb.grants)
    form = Form(request, verb)
    return form.asked() if request.method != "POST" else form.many() if request.POST.get("table") else form.single()


class Form:
    """One visit to the form of a verb."""

    def __init__(self, request: ActorRequest, verb: "Anything") -> None:
        self.request, self.actor, self.verb = request, request.actor, verb
        kind: Any = verb.item
        self.kind = kind
        self.fields: tuple[Field, ...] = filling.asked(kind)

    def asked(self) -> HttpResponse:
        return self._form(self.request.GET or None, {})

    def single(self) -> HttpResponse:
        data = self.request.POST
        act = reading.act(data["act"])
        filled = controls.read(self.fields, self.actor, data)
        items, wrong = self._read([self._dated(filled.row, act)])
        for name, why in filled.wrong:
            wrong.setdefault(0, {})[name] = [why]
        if wrong or "back" in data:
            return self._form(data, wrong.get(0, {}), status=422 if wrong else 200)
        lines = [self._line(0, filled.row)]
        if self.verb.destroys and "confirmed" not in data:
            return self._shown(lines, act, touched(filled.row))
        outcomes = self.verb(self.actor, items)
        if outcomes[0].refusal:
            return self._form(data, {}, refused=outcomes[0].refusal)
        return self._done(lines, outcomes)

    def many(self) -> HttpResponse:
        """A pasted table: its first line names fields, every other line is an item; always shown before it is done."""
        data = self.request.POST
        act = reading.act(data["act"])
        lines = [line.split("\t") for line in data["table"].replace("\r\n", "\n").split("\n") if line.strip()]
        if len(lines) > MOST + 1:
            raise Refused("TOO_MANY_ITEMS", items=len(lines) - 1, most=MOST)
        told = filling.table(self.kind, lines[0], lines[1:])
        filled = [named(self.kind, self.actor, texts) for texts in told]
        items, wrong = self._read([self._dated(f.row, uuid5(act, str(n))) for n, f in enumerate(filled)])
        for number, line in enumerate(filled):
            for name, why in line.wrong:
                wrong.setdefault(number, {})[name] = [why]
        shown = [self._line(n, f.row, wrong.get(n, {})) for n, f in enumerate(filled)]
        if wrong or not items or "confirmed" not in data:
            ready = bool(items) and not wrong and "back" not in data
            touches = [line for f in filled for line in touched(f.row)] if ready and self.verb.destroys else []
            return (
                self._shown(shown, act, touches)
                if ready
                else self._form(data, {}, lines=shown, status=422 if wrong else 200)
            )
        return self._done(shown, self.verb(self.actor, items))

    def _dated(self, row: Mapping[str, Any], act: UUID) -> dict[str, Any]:
        """Happened now, unless the form says when."""
        now = {} if row.get("occurred_at") else {"occurred_at": clock.now().isoformat(), "dated_here": True}
        return {**row, **now, "act": str(act)}

    def _read(self, rows: Sequence[dict[str, Any]]) -> tuple[list[Item], dict[int, Wrong]]:
        items, mistakes = read(self.verb, rows)
        wrong: dict[int, Wrong] = {}
        for mistake in mistakes:
            field, _dot, _rest = mistake.field.partition(".")
            place = mistake.field if mistake.field.count(".") == 2 else field
            wrong.setdefault(mistake.row, {}).setdefault(place, []).append(self._told(mistake.why))
        return items, wrong

    def _told(self, why: Refusal) -> Refusal:
        """A mistake names the field as the page does."""
        called = {f.name: label(f) for f in self.fields}
        name, _dot, _rest = str(why.params.get("field", "")).partition(".")
        return Refusal(why.code, {**why.params, "field": called.get(name, name)})

    def _line(self, number: int, row: Mapping[str, Any], wrong: Wrong | None = None) -> Line:
        cells = tuple(controls.said(f, row.get(f.name, f.default), self.actor) for f in self._columns())
        called = {f.name: label(f) for f in self.fields}
        why = [(called.get(name, name), _why(r)) for name, found in (wrong or {}).items() for r in found]
        return Line(number + 1, cells, tuple(why))

    def _columns(self) -> list[Field]:
        return [f for f in self.fields if f.name != "occurred_at"]

    def _form(
        self, data: QueryDict | None, wrong: Wrong, *, refused: Refusal | None = None,
        lines: Sequence[Line] = (), status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        fields = controls.controls(self.fields, self.actor, data, wrong)
        context = {
            "controls": fields[:-1], "earlier": fields[-1], "refused": _why(refused) if refused else None,
            "table": data.get("table", "") if data else "", "lines": [line for line in lines if line.wrong],
            "mistakes": sum(map(len, wrong.values())),
        }  # fmt: skip
        return self._page("console/act.html", context, uuid4(), status)

    def _shown(self, lines: Sequence[Line], act: UUID, touches: Sequence[str]) -> HttpResponse:
        data = self.request.POST
        kept = [(key, text) for key in data for text in data.getlist(key) if key not in ("csrfmiddlewaretoken", "act")]
        context = {
            "lines": lines,
            "kept": kept,
            "touches": list(dict.fromkeys(touches)),
            "heads": [label(f) for f in self._columns()],
        }
        return self._page("console/act_shown.html", context, act)

    def _done(self, lines: Sequence[Line], outcomes: Sequence[Outcome]) -> HttpResponse:
        rows = [
            Line(line.number, line.cells, (("", _why(o.refusal)),) if o.refusal else (), o)
            for line, o in zip(lines, outcomes, strict=True)
        ]
        context = {"lines": rows, "heads": [label(f) for f in self._columns()],
                   "done": sum(o.done for o in outcomes), "refused": sum(not o.done for o in outcomes)}  # fmt: skip
        return self._page("console/act_done.html", context, uuid4())

    def _page(self, template: str, context: dict[str, Any], act: UUID, status: int = 200) -> HttpResponse:
        shared = {"verb": entry(self.verb), "act": act, "section": "acts"}
        return show(self.request, template, shared | context, status)


def _why(refusal: Refusal) -> dict[str, Any]:
    return {"code": refusal.code, "params": dict(refusal.params)}
