"""Which address opens which door."""

from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("console/", include("seawall.interfaces.console.urls")),
    path("", include("seawall.interfaces.portal.urls")),
]
