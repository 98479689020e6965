"""Wastage, what the coming days need, and what is owed for injections."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from seawall.interfaces import words
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.platform import clock
from seawall.reports.boards import wastage_page


@door("see:supply")
def page(request: ActorRequest) -> HttpResponse:
    found = wastage_page(request.actor)
    if request.GET.get("format") == "csv":
        head = [_("Month"), _("Programme"), _("Doses"), _("Payer"), _("Yuan")]
        rows = [
            [r.month, r.programme, r.doses, words.pick(r.payer) if r.payer else "", r.yuan or ""] for r in found.fees
        ]
        return tables.csv_file("fees", [_("As of %s") % words.moment(clock.now())], head, rows)
    return show(request, "console/wastage.html", {"page": found, "section": "supply"})
