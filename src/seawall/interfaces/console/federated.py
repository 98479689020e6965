"""Signing in at another house by OpenID Connect, off unless the environment names one: for accounts made here beforehand."""

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import redirect

from seawall.interfaces.console.page import flash
from seawall.staff import selectors as staff

PROVIDER = "staff"


def house() -> str:
    """What the other house is called on the sign-in page; empty where none is set."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return str(apps[0]["name"]) if apps else ""


def _turned_away(request: HttpRequest, code: str) -> NoReturn:
    flash(request, "refusal", code)
    raise ImmediateHttpResponse(redirect("sign_in"))


class Federated(DefaultSocialAccountAdapter):
    """Links whom the other house vouches for to the account of the same user name or proven e-mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        told = sociallogin.account.extra_data.get("userinfo") or sociallogin.account.extra_data.get("id_token") or {}
        sociallogin.account.extra_data = {}  # who it is, is known here; nothing more of them is kept
        if sociallogin.is_existing:
            account = sociallogin.user
            sociallogin.account.save(update_fields=["extra_data"])
        else:
            email = str(told.get("email") or "") if told.get("email_verified") is True else ""
            account = staff.account_called(str(told.get("preferred_username") or ""), email)
        if account is None or not account.is_active:
            _turned_away(request, "ACCOUNT_NOT_LINKED")
        if not sociallogin.is_existing:
            sociallogin.connect(request, account)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        _turned_away(request, "HOUSE_REFUSED")
