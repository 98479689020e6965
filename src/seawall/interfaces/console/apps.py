"""The console: pages for everyone who works in the campaign."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "seawall.interfaces.console"
    label = "console"
