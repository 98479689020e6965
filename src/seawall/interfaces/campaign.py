"""Which campaign is meant: the one in the address, `/c/CODE/...`, or named on the command line; else the one that runs.

The one place that may ask for a campaign that nobody named; everything behind a door is told.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse, set_script_prefix

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.reports.boards import Frame
from seawall.terms.acts import Refusal, Refused
from seawall.terms.names import Name

IN_ADDRESS = re.compile(r"/c/(?P<code>[^/\0]+)(?P<rest>/.*)?", re.DOTALL)


class InAddress:
    """Middleware: takes `/c/CODE` off the front of an address; the page is that of the rest, and its links keep the front."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = IN_ADDRESS.fullmatch(request.path_info)
        if found is None:
            return self.get_response(request)
        before = get_script_prefix()
        request.path_info = found["rest"] or "/"
        request.campaign_front = before  # type: ignore[attr-defined]  # read below
        request.campaign_code = found["code"]  # type: ignore[attr-defined]  # read below
        set_script_prefix(f"{before}c/{found['code']}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)


def code_in_address(request: HttpRequest) -> str | None:
    """The code that the address names, known or not."""
    return getattr(request, "campaign_code", None)


def unknown(request: HttpRequest) -> Refusal | None:
    """Why nothing is found under this address: it names a campaign that is not here."""
    code = code_in_address(request)
    known = code is None or campaigns.campaign(code) is not None
    return None if known else Refusal("CAMPAIGN_UNKNOWN", {"campaign": str(code)[:60]})


def campaign_or_none(request: HttpRequest) -> CampaignRow | None:
    """Of a request; None where no campaign was loaded yet."""
    if not hasattr(request, "campaign_chosen"):
        code = code_in_address(request)
        chosen = campaigns.campaign(code) if code else None
        request.campaign_chosen = chosen or campaigns.current_or_none()  # type: ignore[attr-defined]
    found: CampaignRow | None = request.campaign_chosen  # type: ignore[attr-defined]
    return found


def campaign_of(request: HttpRequest) -> CampaignRow:
    """Of a request that needs one."""
    found = campaign_or_none(request)
    if found is None:
        raise Refused("NO_CAMPAIGN_OPEN")
    return found


def campaign_named(code: str) -> CampaignRow:
    """By its code; without one the campaign that runs."""
    found = campaigns.campaign(code) if code else campaigns.current()
    if found is None:
        raise Refused("CAMPAIGN_UNKNOWN", campaign=code)
    return found


@dataclass(frozen=True, slots=True)
class Switch:
    """A campaign to choose, and where this page stands in it."""

    name: Name
    url: str
    here: bool


def switches(request: HttpRequest, frame: Frame, home: str) -> list[Switch]:
    """The campaigns to choose among, each at the page that is shown; the page of one thing leads to the address `home`."""
    match = request.resolver_match
    start = reverse(home).removeprefix(get_script_prefix().rstrip("/"))
    path = request.path_info if match and not match.kwargs and request.method == "GET" else start
    return [Switch(row.name, address_within(request, row.code, path), frame.campaign == row) for row in frame.running]


def address_within(request: HttpRequest, code: str, path: str) -> str:
    """An address of this house within a campaign; `path` is what follows the campaign in it."""
    front = getattr(request, "campaign_front", get_script_prefix())
    return f"{front}c/{quote(code)}{path}"
