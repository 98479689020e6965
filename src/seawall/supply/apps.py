"""Django app of the supply room."""

from django.apps import AppConfig


class SupplyConfig(AppConfig):
    name = "seawall.supply"
    label = "supply"

    def ready(self) -> None:
        from seawall.platform.rotation import Column, rests_in

        from .models import Photo

        rests_in(Column(Photo, "sealed"))
