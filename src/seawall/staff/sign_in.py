"""How accounts sign in, as allauth asks it: nobody signs up alone, and the second factor's secret is sealed with the data key."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.translation import gettext

from seawall.platform import secrets


class Accounts(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_login_redirect_url(self, request: Any) -> str:
        return reverse("start")


class SecondFactors(DefaultMFAAdapter):
    """Secrets of authenticators rest as document numbers do."""

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(bytes.fromhex(encrypted_text))

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        kept = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": kept + 1}
