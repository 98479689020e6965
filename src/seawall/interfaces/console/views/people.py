"""One person: what they have had, what is due and why. Every look is on record."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.people import selectors as people
from seawall.platform import access
from seawall.safety.boards import person_page
from seawall.terms import figures
from seawall.terms.actor import Actor

ACTS = (
    ("person_identity", _("Identity and documents"), ("person_correct", "document_link", "document_end")),
    ("person_home", _("Home and household"), ("residence_record", "household_join", "contact_assign")),
    ("person_rosters", _("Rosters"), ("membership_record",)),
    ("dose_elsewhere", _("A dose given elsewhere"), ("dose_record",)),
    ("person_conditions", _("Health findings"), ("condition_record",)),
    ("person_certificates", _("Certificates"), ("see:certificate",)),
)
"""Pages of acts on a person: address, words, and the permissions any one of which opens it."""
STARTS = (
    ("register", _("Register a person"), ("persons_register",)),
    ("pairs", _("Perhaps twice"), ("candidate_decide",)),
    ("paper", _("A dose from a paper form"), ("dose_enter",)),
    ("certificates", _("Print or find a certificate"), ("see:certificate",)),
    ("desk_codes", _("A code on paper for the portal"), ("desk_code_issue",)),
    ("certificate_batches", _("Certificates for everybody"), ("certificate_batch",)),
)
"""Pages that begin without a person."""


def offered(actor: Actor, acts: tuple[tuple[str, Any, tuple[str, ...]], ...]) -> list[tuple[str, Any]]:
    """Those of the pages that the post may use."""
    return [(name, words) for name, words, grants in acts if any(access.may(actor, grant) for grant in grants)]


@door("see:person")
def search(request: ActorRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    rows = people.search(request.actor, query) if query else []
    sort = "birth" if request.GET.get("sort") == "birth" else "name"
    if sort == "birth":
        rows = sorted(rows, key=lambda row: (row.birth, row.person_id))
    context = {
        "rows": rows, "query": query, "sort": sort, "more": len(rows) >= people.MOST,
        "sort_word": gettext("birth date") if sort == "birth" else gettext("name"), "section": "people",
        "acts": offered(request.actor, STARTS),
    }  # fmt: skip
    return show(request, "console/people.html", context)


@door("see:person")
def person(request: ActorRequest, person_id: int) -> HttpResponse:
    page = person_page(request.actor, person_id)
    shown = page.person.name if page.whole else figures.masked_name(page.person.name)
    context = {
        "page": page, "shown": shown, "section": "people", "acts": offered(request.actor, ACTS),
        "may": {grant: access.may(request.actor, grant) for grant in ("dose_correct", "dose_enter", "person_merge", "person_unmerge")},
    }  # fmt: skip
    return show(request, "console/person.html", context)
