"""Proof in the hand: one's own certificates with their codes, made out on the spot where they are not yet."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.certificates import boards
from seawall.certificates import services as certificates
from seawall.interfaces import reading
from seawall.interfaces.portal import session
from seawall.interfaces.portal.page import say, show
from seawall.interfaces.portal.session import known
from seawall.platform import clock
from seawall.terms.acts import Refusal
from seawall.terms.certificates import CertificateIssue


@known
def own(request: HttpRequest) -> HttpResponse:
    """One's own or one's child's: large and bright on the phone, and on paper as it is printed."""
    if session.place(request) and not session.sure(request):
        return redirect("certificate")
    person_id = session.chosen(request)
    page = boards.own(session.public_actor(person_id), person_id)
    if page is None:
        return redirect("record")
    wanted = [(row, uuid4()) for row in page.provable if not row.current]
    return show(request, "portal/certificate.html", {
        "page": page, "wanted": wanted, "who": session.place(request),
        "whose": session.whose(request) if session.sure(request) else [],
    })  # fmt: skip


@require_POST
@known
def issue(request: HttpRequest) -> HttpResponse:
    person_id = session.chosen(request)
    item = CertificateIssue(
        act=reading.act(request.POST["act"]), occurred_at=clock.now(), dated_here=True, person_id=person_id,
        programme=request.POST["programme"],
    )  # fmt: skip
    done = certificates.certificate_issue.one(session.public_actor(person_id), item)
    say(request, "stop" if done.refusal else "normal", done.refusal or Refusal("CERTIFICATE_READY"))
    return redirect(reverse("certificate", query={"who": place} if (place := session.place(request)) else None))
