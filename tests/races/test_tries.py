"""Tries are counted once each, whichever process counts them."""

from seawall.platform import sql, tries
from seawall.platform.tries import Limit

from .crowd import Crowd

NAME, ADDRESS = Limit("door", "name", 10, 60), Limit("door", "address", 15, 60)


def test_as_many_pass_as_the_limit_says_whoever_counts(crowd: Crowd) -> None:
    asked = [[(NAME, "nurse"), (ADDRESS, "here")], [(ADDRESS, "here"), (NAME, "nurse")]]
    waits = crowd.at_once([lambda a=asked[n % 2]: tries.count(a) for n in range(crowd.hands)])
    assert sum(wait == 0 for wait in waits) == NAME.most
    assert sql.fetch("SELECT DISTINCT tries FROM platform_tries") == [(crowd.hands,)]
