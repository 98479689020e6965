"""Django app of the people room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "seawall.people"
    label = "people"

    def ready(self) -> None:
        from seawall.platform.rotation import Column, rests_in

        from .models import Document, ImportRow, Person, PersonCorrection

        rests_in(
            Column(Person, "phone_sealed", "phone_index"),
            Column(Document, "number_sealed", "number_index"),
            Column(PersonCorrection, "phone_sealed"),
            Column(ImportRow, "sealed"),
        )
