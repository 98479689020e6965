"""Which address opens which door."""

from django.urls import include, path

from seawall.interfaces.health import healthz, metrics, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("seawall.interfaces.api.urls")),
    path("console/", include("seawall.interfaces.console.urls")),
    path("", include("seawall.interfaces.portal.urls")),
]

handler400 = "seawall.config.refusals.bad_request"
handler404 = "seawall.config.refusals.not_found"
handler500 = "seawall.config.refusals.failed"
