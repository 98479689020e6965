"""Where is the nearest place with my dose, and how soon?"""

from django.http import HttpRequest, HttpResponse

from seawall.interfaces.portal.page import show
from seawall.platform import clock
from seawall.reports import selectors as reports

STRETCH = 1.155  # 1 / cos 30°: degrees of latitude drawn as long as degrees of longitude are wide


def find(request: HttpRequest) -> HttpResponse:
    """All places, or those of one unit; the map carries the numbers of the list."""
    rows = reports.public_sites(clock.today())
    units = {row["unit_code"]: row["unit"] for row in rows}
    unit = request.GET.get("unit", "")
    chosen = [row for row in rows if not unit or row["unit_code"] == unit]
    for number, row in enumerate(chosen, 1):
        row |= {"number": number, "x": round(row["longitude"], 3), "y": round(-row["latitude"] * STRETCH, 3)}
    context = {"rows": chosen, "units": sorted(units.items()), "unit": unit, "as_of": clock.now()}
    return show(request, "portal/sites.html", context)
