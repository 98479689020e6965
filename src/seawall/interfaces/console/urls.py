"""Addresses of the console."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from .views import board, district, find, layout, living, orders, people, plan, rosters, site, start, station, supply

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(pattern_name="start"), name="console"),
    path("start", start.start, name="start"),
    path("enter", start.enter, name="enter"),
    path("sign-in", start.sign_in, name="sign_in"),
    path("board", board.board, name="board"),
    path("dispatch", orders.dispatch_release, name="dispatch_release"),
    path("orders/acknowledge", orders.acknowledge, name="order_acknowledge"),
    path("living", living.living, name="living"),
    path("living/on", living.live_on, name="live_on"),
    path("plan", plan.plan, name="plan"),
    path("plan/<uuid:run_id>/publish", plan.publish, name="plan_publish"),
    path("policy/<str:code>", plan.policy, name="policy"),
    path("district", district.mine, name="district_mine"),
    path("district/<int:unit_id>", district.district, name="district"),
    path("district/<int:unit_id>/calls", district.calls_assign, name="calls_assign"),
    path("layout", layout.mine, name="layout_mine"),
    path("layout/<int:unit_id>", layout.layout, name="layout"),
    path("layout/<int:unit_id>/propose", layout.propose, name="layout_propose"),
    path("layout/<int:unit_id>/proposal/<uuid:proposal>", layout.step, name="layout_step"),
    path("layout/<int:unit_id>/site/<int:site_id>/leave", layout.leave, name="layout_leave"),
    path("site", site.mine, name="site_mine"),
    path("site/<int:site_id>", site.site, name="site"),
    path("site/<int:site_id>/door", site.door_set, name="door_set"),
    path("site/<int:site_id>/open", site.session_open, name="session_open"),
    path("site/<int:site_id>/close", site.close, name="site_close"),
    path("station", station.mine, name="station_mine"),
    path("site/<int:site_id>/<slug:station>", station.station, name="station"),
    path("supply", supply.supply, name="supply"),
    path("supply/moves", supply.moves_approve, name="moves_approve"),
    path("find", find.find, name="find"),
    path("people", people.search, name="people"),
    path("people/<int:person_id>", people.person, name="person"),
    path("rosters", rosters.rosters, name="rosters"),
    path("rosters/<int:organisation_id>", rosters.roster, name="roster"),
    path("imports/template", rosters.template, name="import_template"),
    path("imports/stage", rosters.stage, name="import_stage"),
    path("imports/<int:import_id>", rosters.staged, name="import"),
    path("imports/<int:import_id>/commit", rosters.commit, name="import_commit"),
]
