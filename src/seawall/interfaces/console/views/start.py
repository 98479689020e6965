"""Who are you today? In demo mode a post is picked; elsewhere an account signs in and takes one of its posts."""

from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.drill import selectors as drill
from seawall.interfaces.console.door import POST
from seawall.interfaces.console.page import refuse, show
from seawall.interfaces.guard import demonstration, too_often
from seawall.staff import selectors as staff
from seawall.terms.acts import Refusal

TRIES, TRY_MINUTES = 10, 15

HOMES = {
    "director": "board",
    "district_officer": "district_mine",
    "site_manager": "site_mine",
    "nurse": "station_mine",
    "aefi_officer": "safety",
    "employer": "rosters",
    "inspector": "layout_mine",
}
ICONS = {
    "director": "board",
    "district_officer": "district",
    "site_manager": "site",
    "nurse": "station",
    "aefi_officer": "safety",
    "employer": "roster",
    "inspector": "check",
}


def start(request: HttpRequest) -> HttpResponse:
    if demonstration(request):
        posts = [post | {"icon": ICONS.get(post["role"], "person")} for post in drill.demo_posts()]
        return show(request, "console/start.html", {"posts": posts, "citizens": drill.demo_citizens()})
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return redirect_to_login(request.get_full_path(), "sign_in")
    return show(request, "console/start.html", {"posts": staff.posts_of(account.pk), "citizens": []})


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Takes a post: any demo post in demo mode, one's own elsewhere."""
    asked = int(request.POST["post"]) if request.POST.get("post", "").isdigit() else 0
    posts = drill.demo_posts() if demonstration(request) else staff.posts_of(request.user.pk or 0)
    post = next((row for row in posts if row["post_id"] == asked), None)
    if post is None:
        return redirect("start")
    request.session.cycle_key()
    request.session[POST] = asked
    return redirect(HOMES.get(post["role"], "board"))


class SignIn(LoginView):
    """Account and password; whoever tries too often waits."""

    template_name = "console/sign_in.html"
    next_page = "start"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if too_often(request, "sign-in", TRIES, TRY_MINUTES):
            return refuse(request, Refusal("PORTAL_TOO_OFTEN", {"minutes": TRY_MINUTES}), 429)
        return super().post(request, *args, **kwargs)


sign_in = SignIn.as_view()
