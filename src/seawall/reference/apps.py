"""Django app of the reference room."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "seawall.reference"
    label = "reference"
