"""Where is the nearest place with my dose, and how soon?"""

from collections import Counter

from django.http import HttpRequest, HttpResponse

from seawall.interfaces.portal import listed
from seawall.interfaces.portal.kept import for_everybody
from seawall.interfaces.portal.page import show
from seawall.platform import clock
from seawall.sites.boards import near

MOST = 60  # sites in a list


@for_everybody("unit", "street", "product")
def find(request: HttpRequest) -> HttpResponse:
    """Districts first; then the sites of one, nearest first where a street is chosen, only those that have a vaccine where one is."""
    today = clock.today()
    found = listed.sites()
    rows = found.sites
    units = {row.unit.code: row.unit for row in rows if row.unit}
    counts = Counter(row.unit.code for row in rows if row.unit)
    unit, street = request.GET.get("unit", ""), request.GET.get("street", "")
    there = tuple(row for row in rows if row.unit and row.unit.code == unit)
    products = {code: name for row in there for code, name in zip(sorted(row.held), row.products, strict=True)}
    product = request.GET.get("product", "")
    chosen = tuple(row for row in there if product in row.held) if product else there
    streets = near.streets(unit, today) if there else ()
    at = next((row.at for row in streets if row.code == street), None)
    context = {
        "rows": (near.nearest_first(chosen, at) if at else chosen)[:MOST],
        "units": [(units[code], counts[code]) for code in sorted(units)],
        "unit": unit,
        "products": sorted(products.items()),
        "product": product,
        "streets": streets,
        "street": street,
        "as_of": found.as_of,
    }
    return show(request, "portal/sites.html", context)
