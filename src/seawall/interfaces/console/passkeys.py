"""Forms of passkeys: whatever a device, or somebody in its place, sends is accepted or refused, never an error."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, struct.error)
"""What reading bytes that are no key ends in."""


@contextmanager
def _judged() -> Iterator[None]:
    try:
        yield
    except (ValidationError, *UNREADABLE) as broken:
        raise ValidationError(_("This passkey was not accepted.")) from broken


class Added(AddWebAuthnForm):
    """A key that an account takes on."""

    def clean(self) -> Any:
        with _judged():
            return super().clean()


class Used(AuthenticateWebAuthnForm):
    """A key shown when signing in."""

    def clean_credential(self) -> Any:
        with _judged():
            return super().clean_credential()


class UsedAgain(ReauthenticateWebAuthnForm):
    """A key shown again before something weighty."""

    def clean_credential(self) -> Any:
        with _judged():
            return super().clean_credential()
