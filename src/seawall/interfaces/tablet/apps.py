"""The site console without a network."""

from django.apps import AppConfig


class TabletConfig(AppConfig):
    name = "seawall.interfaces.tablet"
    label = "tablet"
