"""Django app of the outreach room."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "seawall.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Say where mail addresses rest."""
        from seawall.platform.rotation import Column, rests_in

        from .models import MessageChoice

        rests_in(Column(MessageChoice, "address_sealed"))
