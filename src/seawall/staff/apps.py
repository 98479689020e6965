"""Django app of the staff room."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "seawall.staff"
    label = "staff"

    def ready(self) -> None:
        from seawall.platform.rotation import rests_in

        from .factors import SecondFactorSecrets

        rests_in(SecondFactorSecrets())
