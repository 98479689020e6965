"""Signing in with password and second factor, signing out here or everywhere, and an account's own password."""

from typing import Any
from uuid import uuid4

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.views import LoginView, PasswordChangeView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST
from django.views.generic import View

from seawall.interfaces import guard, reading, words
from seawall.interfaces.console.federated import house
from seawall.interfaces.console.page import flash, refuse, show
from seawall.platform import clock
from seawall.staff import selectors as staff
from seawall.staff import services
from seawall.terms.acts import Outcome
from seawall.terms.staff import AccountChange, PasswordSet, Secret


class Counted(View):
    """A door at which secrets are tried: whoever tries too often, by address or by account, waits."""

    door = "sign-in"

    def account(self) -> str:
        """User name that the tries are counted by."""
        return str(self.request.user.get_username())

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if wait := guard.too_often(request, self.door, account=self.account()):
            return guard.waits(refuse(request, guard.too_many(wait), 429), wait)
        return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def form_valid(self, form: Any) -> Any:
        guard.went_well(self.door, account=self.account())
        return super().form_valid(form)  # type: ignore[misc]


class SignIn(Counted, LoginView):
    """Account and password. An account with a second factor is asked for it before it is in."""

    template_name = "console/sign_in.html"
    next_page = "start"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(house=house(), **more)

    def account(self) -> str:
        return self.request.POST.get("username", "")

    def form_valid(self, form: Any) -> HttpResponse:
        guard.went_well(self.door, account=self.account())
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"username": user.get_username()}, login)


sign_in = SignIn.as_view()


class SecondFactor(Counted, AuthenticateView):
    """A passkey, the code of an authenticator, or a recovery code."""

    door = "second-factor"

    def account(self) -> str:
        return str(self.stage.login.user.get_username())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        passkey = is_mfa_enabled(self.stage.login.user, [Authenticator.Type.WEBAUTHN])
        return super().get_context_data(**more) | {"has_passkey": passkey}


second_factor = SecondFactor.as_view()


class Reauthenticate(Counted, ReauthenticateView):
    """The password again, before a second factor is set up or taken away."""


reauthenticate = Reauthenticate.as_view()


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("start")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Every session of the account ends, this one too."""
    if request.user.is_authenticated:
        item = AccountChange(
            act=reading.act(request.POST["act"]), occurred_at=clock.now(), dated_here=True, account_id=request.user.pk
        )
        services.sessions_end.one(staff.themselves(request.user.pk, words.language()), item)
    logout(request)
    return redirect("start")


def _set_password(form: Any, field: str) -> Outcome:
    """The verb sets the password; what it refuses is said at the field."""
    account_id, password = form.user.pk, Secret(form.cleaned_data[field])
    item = PasswordSet(act=uuid4(), occurred_at=clock.now(), dated_here=True, account_id=account_id, password=password)
    made = services.password_set.one(staff.themselves(account_id, words.language()), item)
    if made.refusal:
        form.add_error(field, words.say({"code": made.refusal.code, "params": made.refusal.params}))
    return made


class Welcome(PasswordResetConfirmView):
    """A link that works once: it is spent as soon as the password is chosen, and ends after some days."""

    template_name = "console/welcome.html"
    success_url = reverse_lazy("sign_in")

    def get_user(self, uidb64: str) -> Any:
        account = super().get_user(uidb64)
        return account if account and account.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        if not _set_password(form, "new_password1").done:
            return self.form_invalid(form)
        flash(self.request, "done", "PASSWORD_CHOSEN")
        return redirect(self.success_url)


welcome = Welcome.as_view()


class OwnPassword(Counted, PasswordChangeView):
    """One's own password, with the old one; other sessions of the account end, this one stays."""

    template_name = "console/own_password.html"

    def form_valid(self, form: Any) -> HttpResponse:
        guard.went_well(self.door, account=self.account())
        if not _set_password(form, "new_password1").done:
            return self.form_invalid(form)
        form.user.refresh_from_db()
        update_session_auth_hash(self.request, form.user)
        flash(self.request, "done", "PASSWORD_CHANGED")
        return redirect("start")

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        return show(self.request, self.template_name, context, 422 if context["form"].errors else 200)


own_password = OwnPassword.as_view()
