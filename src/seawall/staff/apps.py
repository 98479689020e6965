"""Django app of the staff room."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "seawall.staff"
    label = "staff"
