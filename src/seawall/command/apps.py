"""Django app of the command room."""

from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "seawall.command"
    label = "command"
