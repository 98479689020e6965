"""Django app of the reference room."""

from django.apps import AppConfig
from django.core.signals import request_started


class ReferenceConfig(AppConfig):
    name = "seawall.reference"
    label = "reference"

    def ready(self) -> None:
        from . import loaded

        request_started.connect(loaded.forget)
