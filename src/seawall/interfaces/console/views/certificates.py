"""Certificates at a desk: found by the document that lies there, made out, printed, taken back; and the keys that sign them."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.certificates import boards, services
from seawall.interfaces import choices
from seawall.interfaces.console.asking import Asked, ask
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash, show
from seawall.platform import access
from seawall.terms.acts import Refusal
from seawall.terms.codes import RevocationReason

BY_HAND = (RevocationReason.MISTAKEN, RevocationReason.FRAUD, RevocationReason.ASKED)


def _say(request: ActorRequest, asked: Asked, done: Refusal) -> None:
    if asked.refusal:
        flash(request, "refusal", asked.refusal.code, **dict(asked.refusal.params))
    else:
        flash(request, "done", done.code, **dict(done.params))


@door("see:certificate")
def desk(request: ActorRequest) -> HttpResponse:
    """Whose? A number or a name is never part of an address."""
    page = boards.desk(request.actor, request.POST.get("q", "").strip()[:80])
    return show(request, "console/certificates.html", {"page": page, "section": "people"})


@door("see:certificate")
def person(request: ActorRequest, person_id: int) -> HttpResponse:
    """To look at and to print: named whole, the look is on record."""
    context = {
        "page": boards.of_person(request.actor, person_id),
        "may": {name: access.may(request.actor, name) for name in ("certificate_issue", "certificate_revoke")},
        "reasons": [(reason.value, choices.word("RevocationReason", reason.value)) for reason in BY_HAND],
        "words": {name: choices.lists()[name] for name in ("CertificateState", "RevocationReason")},
        "section": "people",
    }
    return show(request, "console/person_certificates.html", context)


@require_POST
@door("certificate_issue")
def issue(request: ActorRequest, person_id: int) -> HttpResponse:
    _say(request, ask(request, services.certificate_issue, person_id=person_id), Refusal("CERTIFICATE_READY"))
    return redirect("person_certificates", person_id=person_id)


@require_POST
@door("certificate_revoke")
def revoke(request: ActorRequest, person_id: int) -> HttpResponse:
    _say(request, ask(request, services.certificate_revoke), Refusal("CERTIFICATE_TAKEN_BACK"))
    return redirect("person_certificates", person_id=person_id)


@door("signing_key_make")
def keys(request: ActorRequest) -> HttpResponse:
    """The keys that sign; a press makes the next."""
    if request.method == "POST":
        _say(request, ask(request, services.signing_key_make), Refusal("KEY_MADE"))
        return redirect("signing_keys")
    return _kept(request, "staff")


@require_POST
@door("signing_key_retire")
def retire(request: ActorRequest) -> HttpResponse:
    asked = ask(request, services.signing_key_retire)
    _say(request, asked, Refusal("KEY_RETIRED", {"count": asked.outcome.answer.get("revoked", 0)}))
    return redirect("signing_keys")


@door("certificate_batch")
def batches(request: ActorRequest) -> HttpResponse:
    """How far batches are; a press begins one."""
    if request.method == "POST":
        asked = ask(request, services.certificate_batch)
        _say(request, asked, Refusal("BATCH_BEGUN", {"count": asked.outcome.answer.get("total", 0)}))
        return redirect("certificate_batches")
    return _kept(request, "people")


def _kept(request: ActorRequest, section: str) -> HttpResponse:
    context = {
        "page": boards.keeping(request.actor),
        "may": {name: access.may(request.actor, name) for name in ("signing_key_make", "certificate_batch")},
        "words": {name: choices.lists()[name] for name in ("KeyState", "BatchState")},
        "section": section,
    }
    return show(request, "console/certificate_keeping.html", context)
