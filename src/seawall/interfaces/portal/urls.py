"""Addresses of the portal."""

from django.http import HttpResponse
from django.urls import URLPattern, path

urlpatterns: list[URLPattern] = [path("citizen", lambda r: HttpResponse(""), name="citizen")]
