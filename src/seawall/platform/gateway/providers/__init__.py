"""Which provider carries each channel: as the environment says, else files in a folder."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

from ..letters import Provider
from .files import Files
from .mail import Mail
from .posted import Posted

CHANNELS = ("sms", "email", "webhook", "voice")


@cache
def carriers() -> Mapping[str, Provider]:
    """The provider of every channel."""
    return {channel: _carrier(channel) for channel in CHANNELS}


def _carrier(channel: str) -> Provider:
    address, token = settings.GATEWAY.get(channel, ("", ""))
    if not address:
        return Files(Path(settings.VAR) / "messages", channel)
    if channel == "email":
        return Mail(address, token, settings.MAIL_FROM)
    return Posted(channel, address, token)


def forget() -> None:
    """Read the settings anew."""
    carriers.cache_clear()
