"""Django app of the booking room."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "seawall.booking"
    label = "booking"

    def ready(self) -> None:
        """Hear when a site closes, or a day of it."""
        from seawall.platform import relay
        from seawall.sites import events as sites

        from . import jobs

        relay.subscribe(sites.SITE_CLOSED, "booking", jobs.site_closed)
        relay.subscribe(sites.SESSION_CLOSED, "booking", jobs.session_closed)
