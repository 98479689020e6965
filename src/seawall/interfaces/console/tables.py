"""Tables that leave the console as files, with what they are and their as-of time in the header."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from seawall.interfaces import words


def csv_file(name: str, notes: Sequence[str], head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """UTF-8 with a mark, so that spreadsheets read Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    for note in notes:
        writer.writerow([f"# {note}"])
    writer.writerow(head)
    writer.writerows(rows)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def units_csv(page: Mapping[str, Any]) -> HttpResponse:
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
    notes = [_("As of %s") % words.moment(page["stamp"]["as_of"]), page["stamp"]["state"]]
    rows = [[words.pick(unit["name"]), *(unit[column] for column in columns)] for unit in page["units"]]
    return csv_file("units", notes, ["name", *columns], rows)
