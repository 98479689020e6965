"""What waits too long for the background worker is a fault that `check` and `/healthz` say; what is not there is not compared."""

from datetime import timedelta

import pytest
from django.test import Client

from seawall.platform import clock, relay, sql
from seawall.platform import services as platform
from seawall.platform.models import Canary
from seawall.platform.part import Part
from seawall.reports import selectors as reports

from .test_verbs import Knock, knock, sealed

pytestmark = pytest.mark.django_db(transaction=True)
IN_TIME = ("PROOF_SEALED_IN_TIME", "PROOF_TOLD_IN_TIME")


def in_time():
    found = {p.code: p for p in reports.proofs()}
    return [(found[code].compared, found[code].wrong, found[code].params["waiting"]) for code in IN_TIME]


def aged(minutes):
    for table in ("platform_act", "platform_fact"):
        sql.execute(f"UPDATE {table} SET recorded_at = recorded_at - %s", [timedelta(minutes=minutes)])


def test_what_waits_is_counted_and_fails_when_it_is_old(anyone, act, noon):
    assert in_time() == [(0, 0, 0), (0, 0, 0)]
    knock(anyone, [Knock(act=act(n), occurred_at=noon, door=n) for n in range(3)])
    assert in_time() == [(3, 0, 3), (3, 0, 3)]
    aged(11)
    assert in_time() == [(3, 3, 3), (3, 3, 3)]
    relay.deliver()
    sealed(3)
    assert in_time() == [(3, 0, 0), (3, 0, 0)]


@pytest.mark.parametrize(("canary", "status"), [(True, 200), (False, 503)], ids=["all well", "another key"])
def test_the_health_page_says_whether_this_process_can_work(canary, status):
    platform.canary_leave()
    if not canary:
        Canary.objects.update(sealed=b"\x01" + bytes(40))
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["well"], answer.json()["key"]) == (status, canary, canary)


def ready():
    answer = Client().get("/readyz")
    return answer.status_code, [name for name, well in answer.json().items() if well is False]


def test_an_installation_is_ready_when_every_part_is_alive_and_nothing_waits_too_long(anyone, act):
    platform.canary_leave()
    assert ready() == (503, ["ready", "queue", "relay", "sealer", "gateway"])
    platform.background_round()
    platform.round_done(Part.GATEWAY)
    sql.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert ready() == (200, [])
    sql.execute("UPDATE platform_round SET done_at = done_at - %s WHERE id = 1", [timedelta(seconds=300)])
    assert ready() == (503, ["ready", "relay"])
    platform.relay_round()
    knock(anyone, [Knock(act=act("late"), occurred_at=clock.now(), door=1)])
    aged(11)
    assert ready() == (503, ["ready", "in_time"])
    answer = Client().get("/readyz").json()
    assert answer["relay_lag_seconds"] > 600 and answer["last_closing"] is None


def test_the_figures_are_facts_of_the_database_and_counts_of_requests(anyone, act):
    knock(anyone, [Knock(act=act(n), occurred_at=clock.now(), door=n) for n in range(3)])
    platform.relay_round()
    client = Client()
    client.get("/healthz")
    told = client.get("/metrics").content.decode()
    assert 'seawall_acts_5m{outcome="done",verb="_knock"} 3.0' in told
    assert 'seawall_waiting{what="acts"} 3.0' in told and 'seawall_waiting{what="facts"} 0.0' in told
    assert 'seawall_requests_total{method="GET",route="/healthz",status="200"}' in told
    assert 'seawall_connections{state="allowed"}' in told and 'seawall_queue_jobs{state="waiting"} 0.0' in told


def test_the_figures_are_for_this_machine_or_with_a_token(settings):
    proxied, told = {"x-forwarded-for": "127.0.0.1"}, {"authorization": "Bearer open sesame"}
    for token, headers, status in [
        ("", {}, 200), ("", proxied, 403), ("open sesame", {}, 403), ("open sesame", proxied | told, 200),
    ]:  # fmt: skip
        settings.METRICS_TOKEN = token
        assert Client(headers=headers).get("/metrics").status_code == status, (token, headers)


def test_a_watcher_gets_an_answer_without_a_database(monkeypatch):
    from seawall.platform import selectors, vitals

    monkeypatch.setattr(selectors, "key_fits", lambda: sql.fetch("SELECT nothing"))
    monkeypatch.setattr(vitals, "jobs", lambda: sql.fetch("SELECT nothing"))
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"well": False, "database": False})
    assert Client().get("/readyz").status_code == 503
    assert "seawall_up 0.0" in Client().get("/metrics").content.decode()
