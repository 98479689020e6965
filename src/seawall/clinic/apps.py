"""Django app of the clinic room."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "seawall.clinic"
    label = "clinic"
