"""Which address opens which door."""

from django.urls import include, path
from django.views.i18n import set_language

from seawall.interfaces.guard import own_choice
from seawall.interfaces.health import healthz, metrics, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("i18n/setlang/", own_choice(set_language), name="set_language"),
    path("api/", include("seawall.interfaces.api.urls")),
    path("console/tablet/", include("seawall.interfaces.tablet.urls")),
    path("console/", include("seawall.interfaces.console.urls")),
    path("", include("seawall.interfaces.portal.urls")),
]

handler400 = "seawall.config.refusals.bad_request"
handler404 = "seawall.config.refusals.not_found"
handler500 = "seawall.config.refusals.failed"
