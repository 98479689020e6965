"""Addresses of the portal."""

from django.urls import URLPattern, path

from .views import book, home, sites

urlpatterns: list[URLPattern] = [
    path("", home.front, name="front"),
    path("home", home.home, name="home"),
    path("larger", home.larger, name="larger"),
    path("citizen", home.citizen, name="citizen"),
    path("leave", home.leave, name="leave"),
    path("sites", sites.find, name="sites"),
    path("book", book.who, name="book"),
    path("book/when", book.when, name="when"),
    path("book/hold", book.hold, name="hold"),
    path("book/<uuid:appointment>", book.confirm, name="confirm"),
    path("record", book.record, name="record"),
    path("record/looks", book.looks, name="looks"),
    path("record/<uuid:appointment>/move", book.move, name="move"),
    path("record/<uuid:appointment>/cancel", book.cancel, name="cancel"),
]
