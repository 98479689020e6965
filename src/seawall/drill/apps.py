"""Django app of the drill room."""

from django.apps import AppConfig


class DrillConfig(AppConfig):
    name = "seawall.drill"
    label = "drill"
