"""Django app of the supply room."""

from django.apps import AppConfig


class SupplyConfig(AppConfig):
    name = "seawall.supply"
    label = "supply"
