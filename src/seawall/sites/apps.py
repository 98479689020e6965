"""Django app of the sites room."""

from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "seawall.sites"
    label = "sites"
