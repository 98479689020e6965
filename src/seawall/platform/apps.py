"""Django app of the platform room."""

from django.apps import AppConfig
from django.core.signals import request_started


class PlatformConfig(AppConfig):
    name = "seawall.platform"
    label = "platform"

    def ready(self) -> None:
        from . import clock

        request_started.connect(clock.zone_forget)
