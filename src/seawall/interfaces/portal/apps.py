"""The portal: pages for the public."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "seawall.interfaces.portal"
    label = "portal"
