"""Django app of the platform room."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "seawall.platform"
    label = "platform"
