"""Django app of the outreach room."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "seawall.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Say where addresses rest, and hear to whom a dose that is left over was offered."""
        from seawall.booking import events as booking
        from seawall.platform import relay
        from seawall.platform.rotation import Column, rests_in

        from . import jobs
        from .models import Homebound, MessageChoice

        rests_in(Column(MessageChoice, "address_sealed"), Column(Homebound, "whereabouts_sealed"))
        relay.subscribe(booking.STANDBY_OFFERED, "outreach", jobs.standby_offered)
