"""Rosters: which of our people are still to come; and imports, staged, shown, then committed."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash, show
from seawall.people import selectors as people
from seawall.people import services
from seawall.terms.acts import Refused

PARTS = ("done", "booked", "now", "from_date", "withheld", "correct")
MOST_BYTES, MOST_ROWS = 20_000_000, 500
TEMPLATE = (
    ("name", "document_kind", "document_number", "sex", "birth", "phone", "area", "role", "witness"),
    ("示例甲", "", "", "男", "1980-05-01", "", "500103001", "", "示例丙"),
    ("示例乙", "", "", "女", "1992-11-23", "", "500103002", "", "示例丙"),
    ("Example Three", "", "", "F", "1975-03-09", "", "500103002", "", "Example Four"),
)


@door("see:roster")
def rosters(request: ActorRequest) -> HttpResponse:
    page = command.roster_page(request.actor, None)
    if len(page["organisations"]) == 1:
        return redirect("roster", organisation_id=page["organisations"][0]["organisation_id"])
    return show(request, "console/rosters.html", {"page": page, "section": "rosters"})


@door("see:roster")
def roster(request: ActorRequest, organisation_id: int) -> HttpResponse:
    page = command.roster_page(request.actor, organisation_id)
    if request.GET.get("format") == "csv":
        return tables.roster_csv(page)
    parts = [{"code": code, "people": page["bar"].get(code, 0)} for code in PARTS]
    return show(request, "console/roster.html", {"page": page, "parts": parts, "section": "rosters"})


@require_POST
@door("import_stage")
def stage(request: ActorRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > MOST_BYTES:
        raise Refused("IMPORT_FILE_MISSING", most=MOST_BYTES // 1_000_000)
    kind = request.POST.get("kind", "roster")
    asked = request.POST.get("organisation", "")
    organisation_id = int(asked) if asked.isdigit() else None
    import_id = services.import_stage(
        request.actor, kind, file.name or "", file.read(), organisation_id=organisation_id
    )
    return redirect("import", import_id=import_id)


@door("see:roster")
def staged(request: ActorRequest, import_id: int) -> HttpResponse:
    page = people.import_page(request.actor, import_id)
    if request.GET.get("format") == "csv":
        return tables.attachment("rejected", services.import_rejects(request.actor, import_id))
    rows = [{"problem": p, "why": {"code": p.code, "params": p.params}} for p in page.problems[:MOST_ROWS]]
    return show(request, "console/import.html", {"page": page, "rows": rows, "section": "rosters"})


@require_POST
@door("import_commit")
def commit(request: ActorRequest, import_id: int) -> HttpResponse:
    services.import_commit(request.actor, import_id)
    flash(request, "done", "IMPORT_COMMITTED", count=people.import_page(request.actor, import_id).taken)
    return redirect("import", import_id=import_id)


@door("see:roster")
def template(request: ActorRequest) -> HttpResponse:
    return tables.csv_file("roster-template", [], TEMPLATE[0], TEMPLATE[1:])
