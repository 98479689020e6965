"""Addresses of tablets."""

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("<int:site_id>/", views.shell, name="tablet"),
    path("<int:site_id>/worker.js", views.worker, name="tablet_worker"),
    path("<int:site_id>/manifest.webmanifest", views.manifest, name="tablet_manifest"),
    path("<int:site_id>/key", views.key, name="tablet_key"),
    path("<int:site_id>/enrol", views.enrol, name="tablet_enrol"),
    path("<int:site_id>/bundle", views.bundle, name="tablet_bundle"),
    path("<int:site_id>/sync", views.take, name="tablet_sync"),
]
