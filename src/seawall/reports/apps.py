"""Django app of the reports room."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "seawall.reports"
    label = "reports"
