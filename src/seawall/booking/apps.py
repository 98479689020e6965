"""Django app of the booking room."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "seawall.booking"
    label = "booking"

    def ready(self) -> None:
        """Hear when a site closes, or a day of it, and when a lot or product is stopped."""
        from seawall.platform import relay
        from seawall.sites import events as sites
        from seawall.supply import events as supply

        from . import jobs

        relay.subscribe(sites.SITE_CLOSED, "booking", jobs.site_closed)
        relay.subscribe(sites.SESSION_CLOSED, "booking", jobs.session_closed)
        relay.subscribe(supply.LOT_RECALLED, "booking", jobs.lot_recalled)
        relay.subscribe(supply.PRODUCT_STOPPED, "booking", jobs.product_stopped)
