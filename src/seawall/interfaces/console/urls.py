"""Addresses of the console."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from .views import board, living, start

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(pattern_name="start"), name="console"),
    path("start", start.start, name="start"),
    path("enter", start.enter, name="enter"),
    path("board", board.board, name="board"),
    path("living", living.living, name="living"),
    path("living/on", living.live_on, name="live_on"),
    path("plan", board.board, name="plan"),
    path("district", board.board, name="district_mine"),
    path("district/<int:unit_id>", board.board, name="district"),
    path("site", board.board, name="site_mine"),
    path("station", board.board, name="station_mine"),
    path("supply", board.board, name="supply"),
    path("people", board.board, name="people"),
    path("rosters", board.board, name="rosters"),
    path("policy/<slug:code>", board.board, name="policy"),
    path("dispatch", board.board, name="dispatch_release"),
]
