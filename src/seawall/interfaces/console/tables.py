"""Tables that leave the console as files, with what they are and their as-of time in the header."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from seawall.command.boards.supply import SupplyPage
from seawall.command.selectors import CommandBoard
from seawall.interfaces import choices, words
from seawall.platform import clock
from seawall.reports.boards import BatchPage, RosterPage
from seawall.supply.boards.received import ReceivedPage
from seawall.supply.boards.wall import WallPage

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES_AT_ONCE = 1_000
Response = TypeVar("Response", bound=HttpResponseBase)


def csv_file(name: str, notes: Sequence[str], head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """UTF-8 with a mark, so that spreadsheets read Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    for note in notes:
        writer.writerow([f"# {note}"])
    writer.writerow(head)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return attachment(name, text.getvalue().encode("utf-8-sig"))


class _Line:
    """Gives each line of a writer back."""

    def write(self, text: str) -> str:
        return text


def csv_stream(
    name: str, notes: Sequence[str], head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """The same file, sent while its rows are still being read: it need not fit in memory, and begins at once."""
    writer = csv.writer(_Line())
    every = chain(([f"# {note}"] for note in notes), [head], ([plain(cell) for cell in row] for row in rows))
    lines = (str(writer.writerow(row)) for row in every)
    packets = ("".join(packet) for packet in iter(lambda: list(islice(lines, LINES_AT_ONCE)), []))
    content = ((BOM_UTF8 if n == 0 else b"") + packet.encode() for n, packet in enumerate(packets))
    return _attached(name, StreamingHttpResponse(content, content_type=CSV))


def plain(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def xlsx_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], notes: Sequence[str] = ()) -> HttpResponse:
    """A workbook of one sheet, below its notes: its head stays in sight, and codes stay texts."""
    book = Workbook()
    sheet = book.worksheets[0]
    for note in notes:
        sheet.append([plain(note)])
    sheet.append(list(head))
    for row in rows:
        sheet.append([plain(cell) for cell in row])
    sheet.freeze_panes = sheet.cell(len(notes) + 2, 1)
    for number, title in enumerate(head, 1):
        sheet.cell(len(notes) + 1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = max(14, len(title) + 4)
    content = io.BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def attachment(name: str, content: bytes) -> HttpResponse:
    return _attached(name, HttpResponse(content, content_type=CSV))


def _attached(name: str, response: Response) -> Response:
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def units_csv(page: CommandBoard) -> HttpResponse:
    columns = (
        "code",
        "quota_today",
        "done_today",
        "plan_to_date",
        "done_to_date",
        "gap_doses",
        "coverage",
        "cover_days",
    )
    notes = [_("As of %s") % words.moment(page.stamp.as_of), page.stamp.state]
    rows = [[words.pick(unit.name), *(getattr(unit, column) for column in columns)] for unit in page.units]
    return csv_file("units", notes, ["name", *columns], rows)


def stock_csv(page: SupplyPage) -> HttpResponse:
    head = [_("Place"), _("Unit"), _("Product"), _("Doses"), _("Days of cover")]
    rows = [
        [words.pick(place.name), words.pick(place.unit), code, cell.doses, cell.days]
        for place in page.places
        for code, cell in place.cells.items()
    ]
    return csv_file("stock", [_("As of %s") % words.moment(page.stamp.as_of)], head, rows)


def received_xlsx(page: ReceivedPage) -> HttpResponse:
    """What came in, a row each receipt, with its codes."""
    codes = {place.place_id: place.code for place in page.places}
    head = [
        *(_("Place"), _("Name"), _("From"), _("Lot"), _("Product"), _("Good until"), _("Packs"), _("Doses"), _("Kept apart")),
        *(_("Document"), _("Temperature record"), _("Lowest °C"), _("Highest °C"), _("Handed over by"), _("Taken by")),
        *(_("Ordered"), _("Sent off"), _("Arrived"), _("Taken in"), _("Recorded"), _("Order"), _("Codes"), _("Further runs of codes")),
        _("Cartons"),
    ]  # fmt: skip
    rows = (
        [
            *(codes.get(r.place_id, r.place_id), words.pick(came.place), words.pick(came.sender), r.lot, words.pick(came.product)),
            *(r.expires, r.packs, r.doses, r.apart, r.document, r.temperature_record, r.min_celsius, r.max_celsius),
            *(r.handed_by, r.taken_by, *map(_clock, (r.ordered_at, r.left_at, r.arrived_at, r.taken_at, r.recorded_at))),
            *(r.order, " ".join(r.runs), r.more_codes, " ".join(r.cartons)),
        ]
        for came in page.rows
        for r in (came.row,)
    )  # fmt: skip
    notes = [
        f"{_('What came in')} {words.day(page.first)} – {words.day(page.last)}",
        _("As of %s") % words.moment(clock.now()),
    ]
    if page.cut:
        notes.append(_("The first %s rows; choose a place or fewer days to have the others.") % len(page.rows))
    return xlsx_file(f"receipts-{page.first}-{page.last}", head, rows, notes)


def _clock(at: datetime | None) -> datetime | None:
    """A moment as a cell holds it: by the city's clock."""
    return at.astimezone(clock.zone()).replace(tzinfo=None, microsecond=0) if at else None


DEVICE_COLUMNS: tuple[str, ...] = (
    "place",
    "device",
    "kind",
    "temperature",
    "litres",
    "every_minutes",
    "calibrated_on",
    "calibration_due",
)
DEVICE_COLUMNS += ("longitude", "latitude")


def devices_csv(page: WallPage) -> HttpResponse:
    """Devices by the names of their fields, so that the same table can be sent back."""
    codes = {place.place_id: place.code for place in page.places}
    rows = [
        [codes.get(tile.row.place_id, tile.row.place_id), *(getattr(tile.row, name) for name in DEVICE_COLUMNS[1:])]
        for tile in page.tiles
    ]
    return csv_file("devices", [], DEVICE_COLUMNS, [["" if cell is None else cell for cell in row] for row in rows])


def roster_csv(page: RosterPage) -> HttpResponse:
    """What the organisation may know: who is settled and from when, never why not."""
    head = [_("Name"), _("Age"), _("Part"), _("On"), _("Dose")]
    rows = [[r.name, r.age, r.part, r.on or "", r.dose_rank or ""] for r in page.people]
    return csv_file("roster", [words.pick(page.name)], head, rows)


def batch_csv(page: BatchPage) -> HttpResponse:
    """The attendance list: who comes when, and whether they came; never why not."""
    head = [_("Time"), _("Name"), _("Workshop, class or shift"), _("State")]
    rows = [
        [words.moment(c.seat.starts_at), c.person.name, c.person.team, choices.word("AppointmentState", c.seat.state)]
        for c in page.people
    ]
    return csv_file("attendance", [words.pick(page.name), words.pick(page.batch.site)], head, rows)
