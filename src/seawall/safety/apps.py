"""Django app of the safety room."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "seawall.safety"
    label = "safety"
