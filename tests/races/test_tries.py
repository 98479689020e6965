"""Tries are counted once each, whichever process counts them."""

import os

import pytest
from django.db import connections

from seawall.platform import sql, tries
from seawall.platform.tries import Limit

from .crowd import Crowd

NAME, ADDRESS = Limit("door", "name", 10, 60), Limit("door", "address", 15, 60)


def test_as_many_pass_as_the_limit_says_whoever_counts(crowd: Crowd) -> None:
    asked = [[(NAME, "nurse"), (ADDRESS, "here")], [(ADDRESS, "here"), (NAME, "nurse")]]
    waits = crowd.at_once([lambda a=asked[n % 2]: tries.count(a) for n in range(crowd.hands)])
    assert sum(wait == 0 for wait in waits) == NAME.most
    assert sql.fetch("SELECT DISTINCT tries FROM platform_tries") == [(crowd.hands,)]


@pytest.mark.django_db(transaction=True)
def test_two_processes_let_through_as_many_as_one() -> None:
    """What one process counted the other knows: there is nothing to gain by coming to another."""
    connections.close_all()
    children = [_child() for _ in range(2)]
    passed = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert sum(passed) == NAME.most and all(0 <= n <= NAME.most for n in passed)
    assert sql.fetch("SELECT tries FROM platform_tries") == [(2 * NAME.most,)]


def _child() -> int:
    """A process that tries as often as one may; it ends with how often it was let through."""
    child = os.fork()
    if not child:
        passed = 255
        try:
            passed = sum(tries.count([(NAME, "nurse")]) == 0 for _ in range(NAME.most))
        finally:
            os._exit(passed)
    return child
