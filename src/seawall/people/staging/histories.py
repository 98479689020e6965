"""Lines of a dose history: a person of that name, a day that can be, a known product, and of two records the fuller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from seawall.terms.acts import Refusal
from seawall.terms.codes import DoseSource, Precision

from .checks import Holder, Holders, agrees, document, key
from .rules import Row
from .values import key as word


@dataclass(frozen=True, slots=True)
class Line:
    """One record of an injection; what is not known is empty. `act` is that of a line on record, `row` of one in the file."""

    given_on: date
    precision: str
    product: str
    lot: str
    row: int = 0
    act: str = ""
    source: str = ""

    def meets(self, other: "Line") -> bool:
        """Whether both may be one injection: one day, or a month and a day of it where nothing speaks against it."""
        if Precision.DAY == self.precision == other.precision:
            return self.given_on == other.given_on
        month = (self.given_on.year, self.given_on.month) == (other.given_on.year, other.given_on.month)
        return month and self.precision != Precision.YEAR != other.precision and self.agrees(other)

    def agrees(self, other: "Line") -> bool:
        pairs = ((self.product, other.product), (self.lot, other.lot))
        return all(not one or not two or one == two for one, two in pairs)

    @property
    def says(self) -> tuple[bool, bool, bool]:
        return self.precision == Precision.DAY, bool(self.product), bool(self.lot)

    def completes(self, other: "Line") -> bool:
        """Says all that the other says, and more."""
        more = all(mine or not theirs for mine, theirs in zip(self.says, other.says, strict=True))
        return more and self.says != other.says and self.agrees(other)


@dataclass(frozen=True, slots=True)
class Programme:
    """What a line may name: products by every way to write them, the first day of each, and of any of its own."""

    name: str
    products: Mapping[str, str] = field(default_factory=dict)
    since: Mapping[str, date] = field(default_factory=dict)
    begins: date | None = None

    def product(self, text: str) -> str | None:
        return self.products.get(word(text))

    @property
    def expected(self) -> str:
        return ", ".join(dict.fromkeys(self.products.values()))


@dataclass(frozen=True, slots=True)
class Records:
    """What lines of history are compared with: the day, the programme, who holds which number, and what is on record."""

    on: date
    programme: Programme
    holders: Holders
    known: Mapping[int, Sequence[Line]] = field(default_factory=dict)


def check_doses(rows: Sequence[Row], around: Records) -> None:
    """Every line by itself, then those of one person beside each other and beside what is on record."""
    of_person: dict[int, list[Row]] = {}
    for row in rows:
        found = document(row)
        holder = around.holders.get(key(found)) if found else None
        if found and holder is None:
            row.wrong("document_number", Refusal("PERSON_OF_DOCUMENT_UNKNOWN"))
        elif holder and not holder.seen:
            row.wrong("document_number", Refusal("PERSON_NOT_IN_REACH", {"person_id": holder.person_id}))
        elif holder:
            _dose(row, holder, around)
            of_person.setdefault(holder.person_id, []).append(row)
    for person_id, lines in of_person.items():
        _fullest([r for r in lines if r.state != "refused"], around.known.get(person_id, ()))


def _dose(row: Row, holder: Holder, around: Records) -> None:
    row.clean["person_id"] = str(holder.person_id)
    agrees(row, holder)
    _product(row, around.programme)
    day = row.clean.get("given_on")
    if day is None:
        return
    if len(day) == len("2021-05"):
        row.clean |= {"given_on": f"{day}-01", "precision": Precision.MONTH}
        row.wrong("given_on", Refusal("DOSE_MONTH_ONLY"), stop=False)
    given_on = date.fromisoformat(row.clean["given_on"])
    if given_on > around.on:
        row.wrong("given_on", Refusal("DOSE_IN_FUTURE", {"given_on": day, "on": around.on.isoformat()}))
    elif day < holder.birth.isoformat()[: len(day)]:
        row.wrong("given_on", Refusal("DOSE_BEFORE_BIRTH", {"given_on": day}))
    elif not row.is_wrong("product"):
        _in_use(row, given_on, around.programme)


def _product(row: Row, programme: Programme) -> None:
    typed = row.clean.get("product")
    if not typed:
        return
    product = programme.product(typed)
    if product is None:
        names = {"product": typed[:24], "programme": programme.name, "expected": programme.expected}
        row.wrong("product", Refusal("PRODUCT_NOT_OF_PROGRAMME", names))
        return
    row.clean["product"] = product
    if product != typed:
        row.wrong("product", Refusal("CELL_PUT_RIGHT", {"value": product}), stop=False)


def _in_use(row: Row, given_on: date, programme: Programme) -> None:
    """Nobody got a vaccine that did not exist: the date or the product is wrong. Abroad it may have begun earlier."""
    product = row.clean.get("product", "")
    since = programme.since.get(product) if product else programme.begins
    first = date(since.year, since.month, 1) if since and row.clean.get("precision") else since
    if first is None or given_on >= first:
        return
    abroad = row.clean.get("source") == DoseSource.ABROAD
    about = {"product": product or programme.name, "since": since.isoformat() if since else ""}
    row.wrong("given_on", Refusal("DOSE_BEFORE_PRODUCT", {"given_on": given_on.isoformat(), **about}), stop=not abroad)


def _fullest(rows: Sequence[Row], known: Sequence[Line]) -> None:
    """Of records that may be one injection the fullest stands, whatever their order; it completes what is on record."""
    kept: list[Line] = []
    open_lines = list(known)
    lines = {row.number: _line(row) for row in rows}
    for row in sorted(rows, key=lambda r: ([not said for said in lines[r.number].says], r.number)):
        line = lines[row.number]
        if first := next((k for k in kept if line.meets(k)), None):
            row.wrong("given_on", Refusal("IMPORT_ROW_TWICE", {"row": first.row}))
            continue
        kept.append(line)
        if before := next((k for k in open_lines if line.meets(k)), None):
            _beside(row, line, before)
            open_lines.remove(before)


def _beside(row: Row, line: Line, before: Line) -> None:
    if before.source != DoseSource.CLINIC and line.completes(before):
        row.clean["corrects"] = before.act
        row.wrong("given_on", Refusal("DOSE_COMPLETES_RECORD", {"given_on": before.given_on.isoformat()}), stop=False)
    elif line.agrees(before):
        row.wrong("given_on", Refusal("DOSE_ON_RECORD", {"given_on": before.given_on.isoformat()}))
    else:
        row.wrong("given_on", Refusal("DOSE_SAME_DAY", {"given_on": before.given_on.isoformat()}))


def _line(row: Row) -> Line:
    c = row.clean
    precision = c.get("precision", Precision.DAY)
    return Line(date.fromisoformat(c["given_on"]), precision, c.get("product", ""), c.get("lot", ""), row.number)
