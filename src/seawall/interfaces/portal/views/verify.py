"""Is this certificate genuine? A page that stays on the device and checks without a network; and the lists that it reads."""

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seawall.certificates import selectors as certificates
from seawall.interfaces.portal.page import show
from seawall.platform import clock

FRESH = 300  # seconds for which a list may be kept before it is asked for anew
PARTS = ("verify.js", "zxing.wasm", "portal.css", "icons.svg", "mark.svg")


def words() -> dict[str, str]:
    """What the page says of a code: a word, and one sentence."""
    return {
        "valid.word": _("Valid"),
        "valid.sentence": _("Issued here and unchanged. Compare the name and the birth date with the person's document."),
        "tampered.word": _("Not genuine"),
        "tampered.sentence": _("The code was changed after it was signed, or it was never signed here."),
        "expired.word": _("Expired"),
        "expired.sentence": _("It was genuine, and its time is over. The holder can have a new one made out."),
        "revoked.word": _("Revoked"),
        "revoked.sentence": _("The issuer took it back. The holder may have a newer one."),
        "unknown.word": _("Unknown key"),
        "unknown.sentence": _("Its key is not on this page's list: another issuer's, or one that was taken off."),
        "none.word": _("Not a certificate"),
        "none.sentence": _("There is no certificate in this picture or text."),
        "name": _("Name"),
        "birth": _("Born"),
        "dose": _("Dose"),
        "until": _("Valid until"),
    }  # fmt: skip


@require_safe
@csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL]})
def page(request: HttpRequest) -> HttpResponse:
    """Of nobody: what is kept on a device may not tell who opened it."""
    told = {
        "wasm": static("seawall/zxing.wasm"),
        "lists": reverse("verify_lists"),
        "worker": reverse("verify_worker"),
        "zone": str(clock.zone()),
        "language": get_language(),
        "now": clock.now().isoformat() if clock.simulated() else None,
        "words": words(),
    }
    return show(request, "portal/verify.html", {"told": told, "known": False, "flash": None})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page: which files, under a name that changes with them."""
    parts = [static(f"seawall/{name}") for name in PARTS]
    name = f"verify-{get_language()}-{blake2b(''.join(parts).encode(), digest_size=8).hexdigest()}"
    kept = {"name": name, "page": reverse("verify"), "lists": reverse("verify_lists"), "parts": parts}
    script = Path(settings.STATIC_ROOT, "seawall", "verify-worker.js").read_text(encoding="utf-8")
    text = f"self.kept={json.dumps(kept)};\n{script}"
    return HttpResponse(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _list(content: Any) -> HttpResponse:
    """Read by anybody from anywhere; names nobody."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": f"public, max-age={FRESH}"}
    return JsonResponse(content, safe=False, headers=headers)


@require_safe
def jwks(_request: HttpRequest) -> HttpResponse:
    return _list({"keys": certificates.jwks()})


@require_safe
def crl(_request: HttpRequest, kid: str) -> HttpResponse:
    """A card revocation list of SMART Health Cards."""
    found = certificates.revoked(kid)
    if found is None:
        raise Http404
    return _list({"kid": found.kid, "method": "rid", "ctr": found.count, "rids": found.rids})


@require_safe
def trust_list(_request: HttpRequest) -> HttpResponse:
    return _list(certificates.trust_list())


@require_safe
def dcc_revoked(_request: HttpRequest) -> HttpResponse:
    return _list({"hashType": "UCI", "hashes": certificates.dcc_revoked()})


@require_safe
def lists(_request: HttpRequest) -> HttpResponse:
    """All of them in one, as of one moment, for the page."""
    keys = certificates.jwks()
    found = [certificates.revoked(str(key["kid"])) for key in keys]
    return _list(
        {
            "as_of": clock.now().isoformat(),
            "keys": keys,
            "crl": {row.kid: row.rids for row in found if row},
            "trust": certificates.trust_list(),
            "dcc_revoked": certificates.dcc_revoked(),
        }
    )
