"""What every door asks of a request: where it comes from, whether this is a demonstration, whether somebody tries too often."""

import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from seawall.platform.selectors import nature

FORWARDED = "HTTP_X_FORWARDED_FOR"


def _from_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return not address  # a socket of this machine has no address


def address(request: HttpRequest) -> str:
    """Who asks: the peer, or whom a gate on this machine names last. What others claim before that is not believed."""
    peer, named = request.META.get("REMOTE_ADDR", ""), request.META.get(FORWARDED, "")
    return named.rsplit(",", 1)[-1].strip() if named and _from_here(peer) else peer


def demonstration(request: HttpRequest) -> bool:
    """Everybody may be anybody only among synthetic people, and only at this machine."""
    return bool(settings.SEAWALL_DEMO) and _from_here(address(request)) and nature().synthetic


def too_often(request: HttpRequest, door: str, most: int, minutes: int) -> bool:
    """Counts a try at a door from one address."""
    key = f"tries:{door}:{address(request)}"
    cache.add(key, 0, minutes * 60)
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # the count ran out between the two lines
        return False
