"""Rosters: which of our people are still to come; and imports, staged, shown, then committed."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of, campaign_or_none
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash, show
from seawall.people import selectors as people
from seawall.people import services
from seawall.reports.boards import roster_page, rosters_page
from seawall.terms.acts import Refused

MOST_BYTES, MOST_ROWS = 20_000_000, 500
EXAMPLES: dict[str, tuple[dict[str, str], ...]] = {
    "roster": (
        {"name": "示例甲", "sex": "男", "birth": "1980-05-01", "witness": "示例丙"},
        {"name": "示例乙", "sex": "女", "birth": "1992-11-23", "witness": "示例丙"},
        {"name": "Example Three", "sex": "F", "birth": "1975-03-09", "witness": "Example Four"},
    ),
    "doses": (
        {"name": "示例甲", "given_on": "2021-05-01", "product": "BIBP", "lot": "L1", "source": "elsewhere"},
        {"name": "示例乙", "given_on": "2021-05", "source": "elsewhere"},
        {"name": "Example Three", "given_on": "2021-05-01", "product": "SVAC", "lot": "L2", "source": "abroad"},
    ),
}


@door("see:roster")
def rosters(request: ActorRequest) -> HttpResponse:
    page = rosters_page(request.actor, campaign_of(request))
    if len(page.organisations) == 1:
        return redirect("roster", organisation_id=page.organisations[0].organisation_id)
    return show(request, "console/rosters.html", {"page": page, "section": "rosters"})


@door("see:roster")
def roster(request: ActorRequest, organisation_id: int) -> HttpResponse:
    page = roster_page(request.actor, campaign_of(request), organisation_id)
    if request.GET.get("format") == "csv":
        return tables.roster_csv(page)
    return show(request, "console/roster.html", {"page": page, "section": "rosters"})


@require_POST
@door("import_stage")
def stage(request: ActorRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > MOST_BYTES:
        raise Refused("IMPORT_FILE_MISSING", most=MOST_BYTES // 1_000_000)
    kind = request.POST.get("kind", "roster")
    asked = request.POST.get("organisation", "")
    organisation_id = int(asked) if asked.isdigit() else None
    campaign = campaign_or_none(request)
    import_id = services.file_stage(
        request.actor,
        kind,
        file.name or "",
        file.read(),
        organisation_id=organisation_id,
        act=reading.act(request.POST["act"]),
        programme=campaign.programme if campaign else "",
    )
    return redirect("import", import_id=import_id)


@door("see:roster")
def staged(request: ActorRequest, import_id: int) -> HttpResponse:
    page = people.import_page(request.actor, import_id)
    if request.GET.get("format") == "csv":
        return tables.attachment("rejected", services.import_rejects(request.actor, import_id))
    columns = people.import_columns(page.kind)
    rows = [
        {"problem": p, "column": columns[p.column], "why": {"code": p.code, "params": p.params}}
        for p in sorted(page.problems, key=lambda p: not p.stop)[:MOST_ROWS]  # refused first
    ]
    shown = [c for c in columns if any(c in sample.cells for sample in page.samples)]
    samples = {
        "head": [columns[c] for c in shown],
        "rows": [{"row": s.row, "cells": [s.cells.get(c, "") for c in shown]} for s in page.samples],
    }
    notes = [{"code": n.code, "params": n.params} for n in page.notes]
    context = {"page": page, "rows": rows, "more": len(page.problems) - len(rows), "notes": notes, "samples": samples}
    context["difference"] = people.roster_difference(request.actor, import_id)
    return show(request, "console/import.html", context | {"section": "rosters"})


@require_POST
@door("import_commit")
def commit(request: ActorRequest, import_id: int) -> HttpResponse:
    whole = "whole" in request.POST
    done = services.file_commit(request.actor, import_id, whole=whole)
    code = "IMPORT_COMMITTED_WHOLE" if whole else "IMPORT_COMMITTED"
    flash(request, "done", code, count=done.get("done", 0), left=done.get("left", 0))
    return redirect("import", import_id=import_id)


@door("see:roster")
def template(request: ActorRequest) -> HttpResponse:
    """An empty file to fill in: headings in both languages, which are read as they stand, and three rows as examples."""
    kind = request.GET.get("kind", "roster")
    if kind not in EXAMPLES:
        raise Refused("IMPORT_KIND_UNKNOWN", kind=kind[:20])
    columns = people.import_columns(kind)
    rows = [[example.get(column, "") for column in columns] for example in EXAMPLES[kind]]
    return tables.csv_file(f"{kind}-template", [], [f"{c['zh']} {c['en']}" for c in columns.values()], rows)
