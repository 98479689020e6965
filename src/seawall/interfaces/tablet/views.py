"""Addresses of a tablet: the shell and what keeps it, and the four things it asks of the server."""

import json
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from seawall.clinic import selectors as clinic
from seawall.clinic import services
from seawall.clinic.boards.day_bundle import day_bundle
from seawall.interfaces import words as said
from seawall.interfaces.guard import actor_of
from seawall.interfaces.items import read
from seawall.platform import access, clock
from seawall.reports import boards as reports
from seawall.staff import selectors as staff
from seawall.terms.acts import Refusal, Refused

from . import bundle as bundles
from . import seals, sync
from .words import words

PARTS = ("tablet.js", "console.css", "icons.svg", "mark.svg", "zxing.wasm")
GONE, UNKNOWN, UNREADABLE = 410, 401, 400


@require_safe
@csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL]})  # type: ignore[arg-type]  # typed for views without arguments
def shell(request: HttpRequest, site_id: int) -> HttpResponse:
    """The page itself: of nobody, for it stays on the device. What it shows comes from the bundle."""
    known = said.offered()
    told = {
        "site": site_id, "zone": str(clock.zone()), "languages": known, "language": get_language(), "csrf": get_token(request),
        "words": {language: _words(language) for language in known}, "urls": _urls(site_id),
    }  # fmt: skip
    return render(request, "tablet/shell.html", {"told": told, "site_id": site_id, "frame": reports.frame(None)})


def _words(language: str) -> dict[str, str]:
    with translation.override(language):
        return {key: str(text) for key, text in words().items()}


def _urls(site_id: int) -> dict[str, str]:
    own = {name: reverse(f"tablet_{name}", args=(site_id,)) for name in ("worker", "key", "enrol", "bundle", "sync")}
    return own | {
        "page": reverse("tablet", args=(site_id,)),
        "stations": reverse("site", args=(site_id,)).rstrip("/") + "/",
        "icons": static("seawall/icons.svg"),
        "wasm": static("seawall/zxing.wasm"),
        "sign_in": reverse("start"),
    }


@require_safe
def worker(request: HttpRequest, site_id: int) -> HttpResponse:
    """The script that keeps the page: which files, under a name that changes with them and with the words of the page."""
    parts = [static(f"seawall/{name}") for name in PARTS]
    said_there = json.dumps([_words(language) for language in said.offered()])
    digest = blake2b("".join([*parts, said_there]).encode(), digest_size=8).hexdigest()
    page = reverse("tablet", args=(site_id,))
    kept = {"name": f"tablet-{site_id}-{digest}", "page": page, "parts": parts}
    script = Path(settings.STATIC_ROOT, "seawall", "tablet-worker.js").read_text(encoding="utf-8")
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/console/"}
    return HttpResponse(f"self.kept={json.dumps(kept)};\n{script}", content_type="text/javascript", headers=headers)


@require_safe
def manifest(request: HttpRequest, site_id: int) -> HttpResponse:
    """What a browser installs."""
    page = reverse("tablet", args=(site_id,))
    told = {
        "name": "Seawall 屏障", "short_name": "Seawall", "start_url": page, "scope": page, "display": "standalone",
        "lang": get_language(), "icons": [{"src": static("seawall/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def key(_request: HttpRequest, site_id: int) -> HttpResponse:
    """Keys by which bundles are signed; a tablet keeps those it was enrolled with."""
    return JsonResponse(seals.published())


@require_POST
def enrol(request: HttpRequest, site_id: int) -> HttpResponse:
    """The post that is signed in becomes a signer of this tablet."""
    actor = actor_of(request)
    if actor is None:
        return _refused(Refusal("NOT_SIGNED_IN"), UNKNOWN)
    sent = _sent(request)
    if sent is None:
        return _refused(Refusal("REQUEST_UNREADABLE"), UNREADABLE)
    given = {name: sent.get(name) for name in ("act", "tablet", "name")}
    keys = {name: json.dumps(sent.get(name), separators=(",", ":")) for name in ("signing", "sealing")}
    row = given | keys | {"site_id": site_id, "occurred_at": clock.now(), "dated_here": True}
    items: list[Any]
    items, mistakes = read(services.tablet_enrol, [row])
    if mistakes:
        return _refused(mistakes[0].why, UNREADABLE)
    try:
        (outcome,) = services.tablet_enrol(actor, list[Any](items))
    except Refused as error:
        return _refused(error.refusal, 403)
    if outcome.refusal:
        return _refused(outcome.refusal, 409)
    held = staff.owner(actor.post_id)
    return JsonResponse({"post": actor.post_id, "account": actor.account_id, "name": held.name if held else ""})


@csrf_exempt
@require_POST
def bundle(request: HttpRequest, site_id: int) -> HttpResponse:
    """What the tablet takes along, for a signer who says so by their key."""
    text = _body(request).decode("ascii", "replace")
    tablet = seals.tablet_named(text)
    signers = clinic.signer_keys(site_id, tablet) if tablet else {}
    try:
        signer, asked = seals.opened(text, signers)
    except seals.NotSigned:
        return _refused(Refusal("TABLET_NOT_SIGNED"), UNKNOWN)
    if tablet is None or clinic.tablet_revoked(site_id, tablet):
        return _refused(Refusal("TABLET_REVOKED", {"tablet": str(tablet)}), GONE)
    services.tablet_heard(site_id, tablet, _count(asked.get("waiting")), _off(asked.get("at")))
    actor = staff.actor_for(signer.post_id, said.language())
    if actor is None:
        return _refused(Refusal("TABLET_NOT_SIGNED"), UNKNOWN)
    try:
        access.require(actor, "tablet_enrol")
        found = day_bundle(actor, site_id, seals.salt(site_id))
    except Refused as error:
        return _refused(error.refusal, 403)
    return HttpResponse(seals.sealed(bundles.written(found, tablet), signers), content_type="application/jose+json")


@csrf_exempt
@require_POST
def take(request: HttpRequest, site_id: int) -> HttpResponse:
    """Acts in their order, each answered: done, or kept for somebody to settle. What a revoked tablet did before is taken too."""
    sent = _sent(request)
    acts = sent.get("acts") if sent else None
    tablet = seals.uuid_or_none(str(sent.get("tablet"))) if sent else None
    if tablet is None or not isinstance(acts, list) or len(acts) > sync.MOST:
        return _refused(Refusal("REQUEST_UNREADABLE"), UNREADABLE)
    signers = clinic.signer_keys(site_id, tablet)
    if not signers:
        return _refused(Refusal("TABLET_NOT_SIGNED"), UNKNOWN)
    if not acts and clinic.tablet_revoked(site_id, tablet):
        return _refused(Refusal("TABLET_REVOKED", {"tablet": str(tablet)}), GONE)
    given = sync.delivery(acts, signers)
    told = services.acts_take(site_id, tablet, given.acts)
    return JsonResponse({"now": clock.now().isoformat(), "answers": sync.answers(told), "unread": list(given.unread)})


def _body(request: HttpRequest) -> bytes:
    """What was sent; nothing where it came as a form, which is read elsewhere."""
    try:
        return request.body
    except RawPostDataException:
        return b""


def _sent(request: HttpRequest) -> dict[str, Any] | None:
    try:
        sent = json.loads(_body(request))
    except (ValueError, RecursionError):
        return None
    return sent if isinstance(sent, dict) else None


def _count(value: object) -> int:
    return min(value, 1_000_000) if isinstance(value, int) and value >= 0 else 0


def _off(text: object) -> int:
    """Seconds by which the tablet's clock is ahead; none where it tells no moment."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return 0
    return 0 if at.tzinfo is None else max(-(2**31), min(2**31 - 1, round((at - clock.now()).total_seconds())))


def _refused(why: Refusal, status: int) -> HttpResponse:
    told = {"code": why.code, "params": dict(why.params)}
    return JsonResponse(told | {"sentence": bundles.told(told)}, status=status)
