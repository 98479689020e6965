"""Whoever sees a demonstration for the first time tries wrong doses: each is refused in one sentence, and only the right one is not."""

import json
import re

import pytest
from django.test import Client

from seawall.clinic import selectors as clinic
from seawall.clinic.boards.wrong_doses import wrong_doses
from seawall.platform import services as platform

pytestmark = pytest.mark.django_db


def test_every_card_but_the_first_is_stopped_in_a_sentence(hall, settings):
    settings.SEAWALL_DEMO = True
    platform.nature_set(synthetic=True, seed=1, scale=0.001)
    page = Client().get("/console/try")
    told = json.loads(re.search(r'id="wrong-doses"[^>]*>(.*?)</script>', page.content.decode(), re.S)[1])
    assert list(told["cards"]) == list(wrong_doses())
    first, *rest = told["cards"]
    for card in rest:
        answer = Client().get(f"/console/try/{card}").json()
        said = answer["said"][answer["code"]]
        assert said["sentence"] and "…" not in said["sentence"] and "None" not in said["sentence"], (card, said)
        assert told["cards"][card]["said"] == answer["said"]
    assert Client().get(f"/console/try/{first}").json() == {"code": "", "said": {}}
    assert {row["code"] for row in told["rules"]} == {row.code for row in clinic.every_interlock()}


def test_there_is_no_drawer_where_people_are_real(hall):
    assert Client().get("/console/try").status_code == 404
    assert Client().get("/console/try/EXPIRED").status_code == 404
