"""Receipts, counts and devices by the sheet: a template out; a filled one read, shown with every mistake, then done whole or not at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from seawall.interfaces import filling, items, lines, reading, words
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash, show
from seawall.platform import access, clock
from seawall.platform.files import books
from seawall.platform.files.sheets import filled, typed
from seawall.platform.verbs import Verb
from seawall.reference import selectors as reference
from seawall.supply import services
from seawall.supply.boards.counting import sheet_page
from seawall.supply.boards.place import kept_places
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal, Refused

MOST_BYTES, MOST_ROWS, SHOWN = 5_000_000, 2_000, 200
Line = tuple[int, dict[str, str]]  # its number in the file, and what stands in each column


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sheet: the verb that its rows are for, its columns in order, and the one without which a row says nothing."""

    verb: "Verb[Any, Any]"
    columns: tuple[str, ...]
    tells: str
    after: str  # the page of the place that follows; none for a page of all places


KINDS: Mapping[str, Kind] = {
    "receipts": Kind(
        services.lot_receive,
        ("place_id", "product", "lot", "expires", "packs", "doses_per_pack", "first_code", "release_certificate")
        + ("emergency_decision", "diluent", "temperature_record", "min_celsius", "max_celsius", "handed_by", "taken_by", "left_at"),
        "lot",
        "store",
    ),
    "counts": Kind(services.stock_count, ("place_id", "lot", "counted", "seal"), "counted", "differences"),
    "devices": Kind(
        services.device_register,
        ("place_id", "device", "kind", "temperature", "litres", "every_minutes", "calibrated_on", "calibration_due")
        + ("longitude", "latitude"),
        "device",
        "",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong: in which row of the file and in which column (none: in the row as a whole), and what stands there."""

    row: int
    column: str
    value: str
    why: Refusal


class Staged:
    """A sheet as it was read: its rows as items of the verb, and every mistake; `act` makes the id of each row's act."""

    def __init__(self, kind: Kind, actor: Actor, said: Sequence[Line], act: UUID) -> None:
        self.kind, self.actor, self.act = kind, actor, act
        self.said = [line for line in said if line[1].get(kind.tells)]
        self.texts = dict(self.said)
        fields = items.item_fields(_item(kind))
        self.labels = {field.name: lines.label(field) for field in fields}
        self.empty = {f.name: "" for f in fields if f.name in kind.columns and f.required and f.kind is str}
        self.places = {place.code: str(place.place_id) for place in kept_places(actor)}
        self.mistakes: list[Mistake] = []
        self._known: dict[tuple[str, str], tuple[Any, Refusal | None]] = {}
        rows = [self._row(number, texts) for number, texts in self.said]
        made, wrong = items.read(kind.verb, rows)
        self.items: list[Any] = [*made]
        told = {(mistake.row, mistake.column) for mistake in self.mistakes}
        for mistake in wrong:
            number, name = self.said[mistake.row][0], mistake.field.partition(".")[0]
            if (number, self.labels.get(name, name)) not in told:
                self._tell(
                    number,
                    name,
                    Refusal(mistake.why.code, {**mistake.why.params, "field": self.labels.get(name, name)}),
                )

    def judge(self) -> None:
        """Adds what the verb would refuse of the rows that can be read; nothing is done."""
        by_act = {self._act(number): number for number in self.texts}
        for outcome in self.kind.verb.rehearsed(self.actor, self.items):
            if outcome.refusal:
                self._tell(by_act[outcome.act], "", outcome.refusal)
        self.mistakes.sort(key=lambda mistake: mistake.row)

    def commit(self) -> bool:
        """All rows are done, or none."""
        if self.mistakes or not self.items:
            return False
        return all(outcome.done for outcome in self.kind.verb.whole(self.actor, self.items))

    def _act(self, number: int) -> UUID:
        return uuid5(self.act, str(number))

    def _row(self, number: int, texts: Mapping[str, str]) -> dict[str, Any]:
        row: dict[str, Any] = {"occurred_at": clock.now(), "dated_here": True, "act": self._act(number)}
        row |= self.empty
        for name, text in texts.items():
            row[name], why = self._value(name, text)
            if why:
                self._tell(number, name, why)
        return row

    def _value(self, name: str, text: str) -> tuple[Any, Refusal | None]:
        """What a cell says: each text of a column is looked up once."""
        if (name, text) not in self._known:
            plain = self.places.get(text, text) if name == "place_id" else text
            found = lines.named(_item(self.kind), self.actor, {name: plain})
            self._known[name, text] = found.row.get(name), next((why for _name, why in found.wrong), None)
        return self._known[name, text]

    def _tell(self, number: int, name: str, why: Refusal) -> None:
        self.mistakes.append(Mistake(number, self.labels.get(name, name), self.texts[number].get(name, "")[:60], why))


@door("see:supply")
def sheet(request: ActorRequest, kind: str) -> HttpResponse:
    """The page of a kind of sheet; a file sent to it is shown, and done once it is confirmed."""
    found = _kind(request, kind)
    context: dict[str, Any] = {"staged": None, "unread": ""}
    if request.method == "POST":
        said, context["unread"] = _sent(request, found)
        staged = Staged(found, request.actor, said, reading.act(request.POST.get("act", "")))
        if "rows" in request.POST and staged.commit():
            flash(request, "done", "SHEET_LOADED", count=len(staged.said))
            return redirect(found.after, place_id=staged.items[0].place_id) if found.after else redirect("cold")
        staged.judge()
        context |= {"staged": staged, "rows": json.dumps(staged.said, ensure_ascii=False), "act": staged.act}
        context["cells"] = [(n, [texts.get(c, "") for c in found.columns]) for n, texts in staged.said[:SHOWN]]
    context |= {
        "kind": kind,
        "heads": _heads(found),
        "place": request.GET.get("place", ""),
        "fresh": uuid4(),
        "section": "supply",
    }
    return show(request, "console/sheet.html", context)


@door("see:supply")
def template(request: ActorRequest, kind: str) -> HttpResponse:
    """The sheet to fill in, for the place asked for; of counts with the lots that lie there, and no number of the book."""
    found, place_id = _kind(request, kind), reading.number_or_none(request.GET.get("place", ""))
    place = next((place for place in kept_places(request.actor) if place.place_id == place_id), None)
    head = _heads(found)
    rows: list[list[Any]] = [[place.code]] if place else []
    if place and kind == "counts":
        head += [_("Product"), _("Good until"), _("Kept apart")]
        rows = [
            [place.code, r.lot, "", "", words.pick(r.product), r.expires, _("yes") if r.apart else ""]
            for r in sheet_page(request.actor, place.place_id).sheet
        ]
    return tables.xlsx_file(f"{kind}-{place.code}" if place else kind, head, rows)


def _kind(request: ActorRequest, name: str) -> Kind:
    if name not in KINDS:
        raise Refused("FORM_UNREADABLE")
    access.require(request.actor, *KINDS[name].verb.grants)
    return KINDS[name]


def _heads(kind: Kind) -> list[str]:
    fields = {field.name: field for field in items.item_fields(_item(kind))}
    return [lines.label(fields[name]) for name in kind.columns]


def _item(kind: Kind) -> Any:
    return kind.verb.item


def _sent(request: ActorRequest, kind: Kind) -> tuple[list[Line], str]:
    """The rows of the file, or of the page that showed it, with the columns that nobody reads."""
    if "rows" in request.POST:
        return _shown(str(request.POST["rows"]), kind), ""
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > MOST_BYTES:
        raise Refused("IMPORT_FILE_MISSING", most=MOST_BYTES // 1_000_000)
    name = file.name or ""
    sheets = books.read(name, file.read(), chinese=reference.city().chinese).sheets
    front = next((sheet for sheet in sheets if sheet.open), sheets[0])
    if len(front.lines) > MOST_ROWS + 1:
        raise Refused("FILE_TOO_LONG", file=name, rows=MOST_ROWS)
    titles = filling.headings(_item(kind))
    head = [titles.get(filling.key(str(cell or "")), "") for cell in front.lines[0][1]]
    missing = [title for title, column in zip(_heads(kind), kind.columns, strict=True) if column not in head]
    if missing and not {"place_id", kind.tells} <= set(head):
        raise Refused("FILE_COLUMN_MISSING", file=name, columns=", ".join(missing), row=front.lines[0][0])
    unread = [
        str(cell)
        for cell, column in zip(front.lines[0][1], head, strict=True)
        if column not in kind.columns and filled(cell)
    ]
    said = [
        (number, {name: typed(cell).strip() for name, cell in zip(head, cells, strict=False) if name in kind.columns and filled(cell)})
        for number, cells in front.lines[1:]
    ]  # fmt: skip
    return said, ", ".join(unread)


def _shown(text: str, kind: Kind) -> list[Line]:
    """What the page of the preview held; anything else is no form of ours."""
    try:
        return [
            (int(number), {name: str(said) for name, said in texts.items() if name in kind.columns})
            for number, texts in json.loads(text)[:MOST_ROWS]
        ]
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused("FORM_UNREADABLE") from error
