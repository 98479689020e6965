"""Staff: accounts, posts with their scopes, credentials and tokens of machines."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid5

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from seawall.interfaces import items, reading
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash, outcome, show
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.platform.verbs import Verb
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.staff import services
from seawall.terms.acts import Outcome, Refusal, Refused
from seawall.terms.staff import SCOPE_KINDS

VERBS = (
    "accounts_create", "account_close", "account_reopen", "account_invite", "sessions_end",
    "second_factor_clear", "posts_assign", "post_end",
    "credentials_grant", "credential_end", "token_issue", "token_revoke", "see:journal",
)  # fmt: skip
SCOPE_ROWS = 3
TOKEN_DAYS = 365


def _show(request: ActorRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    may = {verb.replace(":", "_"): access.may(request.actor, verb) for verb in VERBS}
    return show(request, f"console/{template}.html", {"section": "staff", "may": may} | context, status)


def _done(request: ActorRequest, verb: "Verb[Any, Any]", **fields: Any) -> Outcome | Refusal:
    """The outcome of one act with these fields, the empty ones left out; or what could not be read."""
    told = {name: value for name, value in fields.items() if value != ""}
    dated = {"act": request.POST["act"], "occurred_at": clock.now(), "dated_here": True}
    found, mistakes = items.read(verb, [dated | told])
    return mistakes[0].why if mistakes else verb.one(request.actor, found[0])


def _said(request: ActorRequest, result: Outcome | Refusal, done: str) -> bool:
    if isinstance(result, Refusal):
        flash(request, "refusal", result.code, **dict(result.params))
        return False
    return outcome(request, result, done)


def _text(request: HttpRequest, *names: str) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in names}


@door("see:staff")
def posts(request: ActorRequest) -> HttpResponse:
    query, role, ended = request.GET.get("q", "").strip(), request.GET.get("role", ""), "ended" in request.GET
    page = staff.posts_page(request.actor, query, role, ended=ended)
    return _show(request, "staff", {"page": page, "q": query, "role": role, "ended": ended})


@door("see:staff")
def accounts(request: ActorRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    return _show(request, "staff_accounts", {"page": staff.accounts_page(request.actor, query), "q": query})


@never_cache
@require_POST
@door("accounts_create")
def account_new(request: ActorRequest) -> HttpResponse:
    """The account is made without a password, and the link with which its holder chooses one is shown once."""
    made = _done(request, services.accounts_create, **_text(request, "username", "name"))
    if not _said(request, made, "ACCOUNT_MADE") or isinstance(made, Refusal):
        return redirect("staff_accounts")
    return _invited(request, int(str(made.answer["account_id"])), "invite")


@never_cache
@require_POST
@door("account_invite")
def account_invite(request: ActorRequest, account_id: int) -> HttpResponse:
    return _invited(request, account_id)


def _invited(request: ActorRequest, account_id: int, step: str = "") -> HttpResponse:
    act = uuid5(reading.act(request.POST["act"]), step) if step else request.POST["act"]
    if not _said(request, _done(request, services.account_invite, act=act, account_id=account_id), "ACCOUNT_INVITED"):
        return redirect("staff_account", account_id=account_id)
    link = request.build_absolute_uri(reverse("welcome", kwargs=staff.welcome(account_id)))
    context = {
        "secret": link,
        "kind": "link",
        "days": staff.welcome_days(),
        "back": reverse("staff_account", args=[account_id]),
    }
    return _show(request, "staff_once", context)


@door("see:staff")
def account(request: ActorRequest, account_id: int) -> HttpResponse:
    page = staff.account_page(request.actor, account_id)
    return _show(request, "staff_account", {"page": page})


@require_POST
@door("account_close")
def account_close(request: ActorRequest, account_id: int) -> HttpResponse:
    _said(request, _done(request, services.account_close, account_id=account_id), "ACCOUNT_CLOSED")
    return redirect("staff_account", account_id=account_id)


@require_POST
@door("account_reopen")
def account_reopen(request: ActorRequest, account_id: int) -> HttpResponse:
    _said(request, _done(request, services.account_reopen, account_id=account_id), "ACCOUNT_REOPENED")
    return redirect("staff_account", account_id=account_id)


@require_POST
@door("sessions_end")
def sessions_end(request: ActorRequest, account_id: int) -> HttpResponse:
    _said(request, _done(request, services.sessions_end, account_id=account_id), "SESSIONS_ENDED")
    return redirect("staff_account", account_id=account_id)


@require_POST
@door("second_factor_clear")
def second_factor_clear(request: ActorRequest, account_id: int) -> HttpResponse:
    _said(request, _done(request, services.second_factor_clear, account_id=account_id), "SECOND_FACTOR_CLEARED")
    return redirect("staff_account", account_id=account_id)


ASSIGNED = ("role", "person", "title_zh", "title_en", "phone", "account_id", "valid_from", "valid_to")


@door("posts_assign")
def assign(request: ActorRequest) -> HttpResponse:
    """A new post; after a refusal the form stands as it was filled in. A deputy is a second post with dates of its own."""
    told: dict[str, Any] = request.POST.dict() if request.method == "POST" else request.GET.dict()
    why: Refusal | None = None
    if request.method == "POST":
        made = _assigned(request)
        refusal = made if isinstance(made, Refusal) else made.refusal
        if not isinstance(made, Refusal) and refusal is None:
            flash(request, "done", "POST_ASSIGNED")
            return redirect("staff_post", post_id=int(str(made.answer["post_id"])))
        why = refusal
    context = {
        "told": dict.fromkeys(ASSIGNED, "") | {"valid_from": clock.today().isoformat()} | told,
        "why": {"code": why.code, "params": dict(why.params)} if why else None,
        "roles": [role for role in staff.roles(clock.today()).values() if role.used],
        "kinds": SCOPE_KINDS,
        "choices": staff.scope_choices(),
        "scopes": [
            {"n": n, "kind": told.get(f"kind{n}", ""), "ref": told.get(f"ref{n}", "")} for n in range(SCOPE_ROWS)
        ],
        "accounts": staff.accounts_page(request.actor).rows,
    }
    return _show(request, "staff_assign", context, 422 if why else 200)


def _assigned(request: ActorRequest) -> Outcome | Refusal:
    told = _text(request, *ASSIGNED)
    pairs = [_text(request, f"kind{n}", f"ref{n}").values() for n in range(SCOPE_ROWS)]
    try:
        scopes = tuple({"kind": kind, "ref": staff.scope_code(kind, ref)} for kind, ref in pairs if ref)
    except Refused as refused:
        return refused.refusal
    return _done(request, services.posts_assign, scopes=scopes, **told)


@door("see:staff")
def post(request: ActorRequest, post_id: int) -> HttpResponse:
    page, today = staff.post_page(request.actor, post_id), clock.today()
    programmes = [(code, people.programme_name(code, today)) for code in reference.programmes_in_use()]
    context = {"page": page, "today": today, "until": today + timedelta(TOKEN_DAYS), "programmes": programmes}
    return _show(request, "staff_post", context)


@require_POST
@door("post_end")
def post_end(request: ActorRequest, post_id: int) -> HttpResponse:
    _said(request, _done(request, services.post_end, post_id=post_id, **_text(request, "last_day")), "POST_ENDED")
    return redirect("staff_post", post_id=post_id)


@require_POST
@door("credentials_grant")
def credential_grant(request: ActorRequest, post_id: int) -> HttpResponse:
    told = _text(request, "kind", "programme", "age_group", "valid_from", "valid_to", "exam")
    _said(request, _done(request, services.credentials_grant, post_id=post_id, **told), "CREDENTIAL_GRANTED")
    return redirect("staff_post", post_id=post_id)


@require_POST
@door("credential_end")
def credential_end(request: ActorRequest, post_id: int) -> HttpResponse:
    told = _text(request, "credential", "last_day")
    _said(request, _done(request, services.credential_end, post_id=post_id, **told), "CREDENTIAL_ENDED")
    return redirect("staff_post", post_id=post_id)


@never_cache
@require_POST
@door("token_issue")
def token_issue(request: ActorRequest, post_id: int) -> HttpResponse:
    """The secret is made here and shown once; sent twice, the second answer cannot show it again."""
    secret, told = secrets.token_urlsafe(32), _text(request, "name", "valid_from", "valid_to")
    grants = frozenset(request.POST.get("grants", "").split())
    made = _done(request, services.token_issue, post_id=post_id, secret=secret, grants=grants, **told)
    if not _said(request, made, "TOKEN_ISSUED") or isinstance(made, Refusal) or made.replayed:
        return redirect("staff_post", post_id=post_id)
    context = {"secret": f"{post_id}.{secret}", "kind": "token", "back": reverse("staff_post", args=[post_id])}
    return _show(request, "staff_once", context)


@require_POST
@door("token_revoke")
def token_revoke(request: ActorRequest, post_id: int) -> HttpResponse:
    _said(request, _done(request, services.token_revoke, post_id=post_id, **_text(request, "token")), "TOKEN_REVOKED")
    return redirect("staff_post", post_id=post_id)
