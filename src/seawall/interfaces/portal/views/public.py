"""Notices, questions and answers, and what is open data: sites with hours, products and crowding, read live."""

import csv
import io
import json
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import http_date

from seawall.interfaces import guard, reading, words
from seawall.interfaces.portal import listed, session
from seawall.interfaces.portal.kept import for_everybody
from seawall.interfaces.portal.listed import Listed
from seawall.interfaces.portal.page import say, show
from seawall.outreach import boards
from seawall.outreach import services as outreach
from seawall.platform import clock
from seawall.terms.actor import ZH
from seawall.terms.acts import Refusal
from seawall.terms.outreach import QuestionAsk

LONGEST = 1000  # characters of a question
FRESH = "public, max-age=60"
KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json", "geojson": "application/geo+json"}
COLUMNS = ("site_id", "name_zh", "name_en", "unit", "address_zh", "address_en", "phone", "longitude", "latitude", "opens", "closes",
           "products_zh", "products_en", "earliest", "crowding")  # fmt: skip
ATOM = "http://www.w3.org/2005/Atom"


@for_everybody()
def notices(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/notices.html", {"page": boards.public(clock.today())})


def questions(request: HttpRequest) -> HttpResponse:
    """Search what was answered for everybody, or ask."""
    wanted = request.GET.get("q", "").replace("\0", "")[:100]
    return _questions(request, wanted, None)


def _questions(request: HttpRequest, wanted: str, why: Refusal | None, status: int = 200) -> HttpResponse:
    page = boards.public(clock.today(), wanted)
    kept = {name: request.POST.get(name, "") for name in ("text", "kind")}
    context = {"page": page, "wanted": wanted, "why": why, "kept": kept, "act": uuid4(), "longest": LONGEST}
    return show(request, "portal/questions.html", context, status)


def ask(request: HttpRequest) -> HttpResponse:
    """A number and an address of one's own: nobody else's question can be found by counting."""
    if request.method != "POST":
        return redirect("ask_questions")
    if wait := guard.too_often(request, "question"):
        return guard.waits(_questions(request, "", guard.too_many(wait), 429), wait)
    text = request.POST.get("text", "").replace("\0", "").strip()
    if len(text) > LONGEST:
        return _questions(request, "", Refusal("FIELD_TOO_LONG", {"field": "text", "most": LONGEST}), 422)
    item = QuestionAsk(
        act=reading.act(request.POST.get("act", "")),
        occurred_at=clock.now(),
        dated_here=True,
        kind=request.POST.get("kind", ""),
        text=text,
        language="zh" if words.language() == ZH else "en",
        way="portal",
    )
    done = outreach.question_ask.one(session.anybody(), item)
    if done.refusal:
        return _questions(request, "", done.refusal, 422)
    say(request, "normal", Refusal("QUESTION_ASKED", done.answer))
    return redirect("my_question", act=item.act)


def mine(request: HttpRequest, act: UUID) -> HttpResponse:
    """One's own question and, once there is one, its answer."""
    found = boards.asked(act)
    if found is None:
        raise Http404
    return show(request, "portal/question.html", {"q": found, "now": clock.now()})


def _rows(found: Listed) -> list[dict[str, Any]]:
    """Rows by site."""
    return [
        {
            "site_id": r.site_id,
            "name_zh": r.name.zh,
            "name_en": r.name.en,
            "unit": r.unit.code if r.unit else "",
            "address_zh": r.address.zh,
            "address_en": r.address.en,
            "phone": r.phone,
            "longitude": r.longitude,
            "latitude": r.latitude,
            "opens": r.opens and r.opens.isoformat("minutes"),
            "closes": r.closes and r.closes.isoformat("minutes"),
            "products_zh": "|".join(p.zh for p in r.products),
            "products_en": "|".join(p.en for p in r.products),
            "earliest": r.earliest and r.earliest.astimezone(clock.zone()).isoformat(),
            "crowding": found.taken.get(r.site_id),
        }
        for r in sorted(found.sites, key=lambda row: row.site_id)
    ]


@for_everybody()
def open_sites(request: HttpRequest, form: str) -> HttpResponse:
    """The list of open sites: `csv`, `json` or `geojson`. Crowding is the share of this quarter-hour's seats that is taken."""
    return _data(_written(listed.sites(), form), KINDS[form])


@lru_cache(maxsize=8)
def _written(found: Listed, form: str) -> str:
    """A list in a form, written once for all who ask for it."""
    rows, as_of = _rows(found), found.as_of.astimezone(clock.zone()).isoformat()
    if form == "csv":
        sheet = io.StringIO()
        writer = csv.DictWriter(sheet, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        return "\ufeff" + sheet.getvalue()
    if form == "json":
        return json.dumps({"as_of": as_of, "sites": rows}, ensure_ascii=False)
    features = [
        {
            "type": "Feature",
            "id": row["site_id"],
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
            "properties": {name: value for name, value in row.items() if name not in ("longitude", "latitude")},
        }
        for row in rows
    ]
    whole = {"type": "FeatureCollection", "as_of": as_of, "features": features}
    return json.dumps(whole, ensure_ascii=False)


@for_everybody()
def notices_rss(request: HttpRequest) -> HttpResponse:
    """Notices in force as RSS 2.0, in the reader's language."""
    here = request.build_absolute_uri(reverse("public_notices"))
    feed = ElementTree.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = ElementTree.SubElement(feed, "channel")
    for name, text in (
        ("title", "Seawall"),
        ("link", here),
        ("description", "Seawall"),
        ("language", words.language()),
    ):
        ElementTree.SubElement(channel, name).text = text
    own = {"href": request.build_absolute_uri(), "rel": "self", "type": "application/rss+xml"}
    ElementTree.SubElement(channel, "atom:link", own)
    for line in boards.public(clock.today()).notices:
        entry = ElementTree.SubElement(channel, "item")
        approved = line.row.approved_at
        rows = (
            ("title", words.pick(line.title)),
            ("link", f"{here}#{line.row.notice}"),
            ("description", words.pick(line.text)),
            ("source", line.row.source),
            ("pubDate", http_date(approved.timestamp()) if approved else ""),
        )
        for name, text in rows:
            ElementTree.SubElement(entry, name, {"url": here} if name == "source" else {}).text = text
        ElementTree.SubElement(entry, "guid", {"isPermaLink": "false"}).text = str(line.row.notice)
    return _data(
        ElementTree.tostring(feed, encoding="unicode", xml_declaration=True), "application/rss+xml; charset=utf-8"
    )


def _data(text: str, kind: str) -> HttpResponse:
    """Open to every page of every site; a minute old at most."""
    return HttpResponse(text, content_type=kind, headers={"Cache-Control": FRESH, "Access-Control-Allow-Origin": "*"})
