"""Who are you today? In demo mode a post is picked; elsewhere an account signs in and takes one of its posts."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import condition, require_POST, require_safe

from seawall.drill import selectors as drill
from seawall.interfaces import reading
from seawall.interfaces.console.page import flash, show
from seawall.interfaces.guard import POST, SEEN, demonstration
from seawall.people import selectors as people
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff

HOMES = {
    "director": "board",
    "district_officer": "district_mine",
    "site_manager": "site_mine",
    "nurse": "station_mine",
    "aefi_officer": "safety",
    "employer": "rosters",
    "helpline": "for_others",
    "inspector": "layout_mine",
    "supply_officer": "supply",
    "community": "people",
    "administrator": "staff",
}
ICONS = {
    "director": "board",
    "district_officer": "district",
    "site_manager": "site",
    "nurse": "station",
    "aefi_officer": "safety",
    "employer": "roster",
    "helpline": "phone",
    "inspector": "check",
    "supply_officer": "supply",
    "administrator": "staff",
}


def start(request: HttpRequest) -> HttpResponse:
    if demonstration(request):
        return show(
            request,
            "console/start.html",
            {"posts": placed(drill.demo_posts()), "citizens": drill.demo_citizens(), "account": None},
        )
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return redirect_to_login(request.get_full_path(), "sign_in")
    return show(
        request, "console/start.html", {"posts": placed(staff.posts_of(account.pk)), "citizens": (), "account": account}
    )


def placed(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Posts with their icon, and with the organisation they speak for where they cover no place."""
    found = people.organisation_rows({ref for post in posts for ref in post["organisations"]})
    names = {key: {"zh": row.name_zh, "en": row.name_en} for key, row in found.items()}
    return [
        post
        | {
            "icon": ICONS.get(post["role"], "person"),
            "place": next((names[ref] for ref in post["organisations"] if ref in names), post["place"]),
        }
        for post in posts
    ]


def lacks_second_factor(account: Any, post: staff.PostRow | None) -> bool:
    """Whether the role asks for a second factor that the account has not set up."""
    return post is not None and staff.session_rule(post.role).second_factor and not is_mfa_enabled(account)


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Takes a post: any demo post in demo mode, one's own elsewhere."""
    asked = reading.number_or_none(request.POST.get("post", "")) or 0
    posts = drill.demo_posts() if demonstration(request) else staff.posts_of(request.user.pk or 0)
    post = next((row for row in posts if row["post_id"] == asked), None)
    if post is None:
        return redirect("start")
    if not demonstration(request) and lacks_second_factor(request.user, staff.post(asked)):
        flash(request, "refusal", "SECOND_FACTOR_MISSING")
        return redirect("mfa_activate_totp")
    request.session.cycle_key()
    request.session.pop(SEEN, None)
    request.session[POST] = asked
    return redirect(HOMES.get(post["role"], "board"))


@require_safe
@condition(etag_func=lambda _: reference.city().hash)
def outlines(_: HttpRequest) -> HttpResponse:
    """The outlines of the planning units, for maps."""
    if not (drawn := reference.city().outlines):
        raise Http404
    return HttpResponse(drawn, content_type="application/geo+json")
