"""Facts are followed from a place on: none is missed, none comes twice, and nothing is ever added before what was read."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection, transaction

from seawall.platform import announced
from seawall.terms.actor import Reach

from .test_verbs import Knock, knock

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(call):
    """On a connection of its own."""

    def run():
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def told(actor, after, most, awaited):
    """Facts once all that are awaited may be told: a transaction of another database of the cluster delays them too."""
    for _ in range(600):
        found = announced.facts(actor, after, most)
        if len(found) == awaited:
            break
        time.sleep(0.05)
    return found


def test_pages_follow_each_other_and_only_what_is_reached_is_told(anyone, act, noon):
    knock(anyone, [Knock(act=act(n), occurred_at=noon, door=n) for n in range(3)])
    first = told(anyone, announced.BEFORE_ALL, 2, awaited=2)
    rest = told(anyone, (first[-1].tx, first[-1].turn), 10, awaited=1)
    assert [row.act for row in first + rest] == [act(n) for n in range(3)]
    assert announced.facts(anyone, (rest[-1].tx, rest[-1].turn), 10) == []
    assert announced.facts(replace(anyone, reach=Reach()), announced.BEFORE_ALL, 10) == []


def test_nothing_is_told_before_what_still_runs(anyone, act, noon):
    def early():
        return announced.facts(anyone, announced.BEFORE_ALL, 10)

    with transaction.atomic():
        knock(anyone, [Knock(act=act("slow"), occurred_at=noon, door=1)])
        elsewhere(lambda: knock(anyone, [Knock(act=act("quick"), occurred_at=noon, door=2)]))
        assert elsewhere(early) == []
    assert [row.act for row in told(anyone, announced.BEFORE_ALL, 10, awaited=2)] == [act("slow"), act("quick")]
