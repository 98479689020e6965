"""Addresses of the portal."""

from django.urls import URLPattern, path

from .views import book, certificates, family, home, public, sites, verify

urlpatterns: list[URLPattern] = [
    path("", home.front, name="front"),
    path("home", home.home, name="home"),
    path("larger", home.larger, name="larger"),
    path("citizen", home.citizen, name="citizen"),
    path("leave", home.leave, name="leave"),
    path("sites", sites.find, name="sites"),
    path("notices", public.notices, name="public_notices"),
    path("questions", public.questions, name="ask_questions"),
    path("questions/ask", public.ask, name="ask"),
    path("questions/<uuid:act>", public.mine, name="my_question"),
    path("open/notices.rss", public.notices_rss, name="notices_rss"),
    path("open/sites.csv", public.open_sites, {"form": "csv"}, name="open_sites_csv"),
    path("open/sites.json", public.open_sites, {"form": "json"}, name="open_sites_json"),
    path("open/sites.geojson", public.open_sites, {"form": "geojson"}, name="open_sites_geojson"),
    path("book", book.who, name="book"),
    path("book/when", book.when, name="when"),
    path("book/hold", book.hold, name="hold"),
    path("book/family", family.family, name="family"),
    path("book/family/add", family.add, name="family_add"),
    path("book/family/choose", family.choose, name="family_choose"),
    path("book/family/hold", family.hold, name="family_hold"),
    path("book/family/<uuid:together>", family.confirm, name="family_confirm"),
    path("book/<uuid:appointment>", book.confirm, name="confirm"),
    path("record", book.record, name="record"),
    path("record/certificate", certificates.own, name="certificate"),
    path("record/certificate/issue", certificates.issue, name="certificate_issue"),
    path("record/looks", book.looks, name="looks"),
    path("record/<uuid:appointment>/move", book.move, name="move"),
    path("record/<uuid:appointment>/cancel", book.cancel, name="cancel"),
    path("verify/", verify.page, name="verify"),
    path("verify/lists.json", verify.lists, name="verify_lists"),
    path("verify/worker.js", verify.worker, name="verify_worker"),
    path(".well-known/jwks.json", verify.jwks, name="jwks"),
    path(".well-known/crl/<str:kid>.json", verify.crl, name="crl"),
    path(".well-known/dcc/trust-list.json", verify.trust_list, name="dcc_trust_list"),
    path(".well-known/dcc/revoked.json", verify.dcc_revoked, name="dcc_revoked"),
]
