"""A telephone with an authenticator: sets a second factor up from its page, and knows the code of any moment."""

import re

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from .pages import Visitor

PASSWORD = "a long walk through the house"


def code(secret: str) -> str:
    _, counter, _ = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, counter)))


def set_up(visitor: Visitor) -> str:
    """The secret that the page shows, once its code was accepted; the password is asked again before."""
    visitor.send("password", password=PASSWORD)
    secret = re.search(r'value="([A-Z2-7]{16,})"', visitor.text)[1]
    visitor.send("code", code=code(secret))
    return secret
