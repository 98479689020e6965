"""Django app of the campaigns room."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "seawall.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Hear of campaigns taken in: their people are judged by what they bring."""
        from seawall.platform import relay

        from . import events, jobs

        relay.subscribe(events.CAMPAIGN_LOADED, "campaigns", jobs.campaign_loaded)
