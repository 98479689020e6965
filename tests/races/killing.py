"""A process that is killed in the middle of a deed: between any two of its statements, and on both sides of its commit."""

import os
from collections.abc import Callable, Iterator

from django.db import connections

from tests.kill.victim import Fate


def killed_at(moment: int, deed: Callable[[], object]) -> bool:
    """Do it in a process of its own that dies at this moment; whether it did."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            fate = Fate(moment, "kill")
            fate.watch()
            deed()
            os._exit(0)
        finally:  # whatever broke, the copy of this test run ends here
            os._exit(1)
    ended = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0, f"broken at moment {moment}, not killed"
    return os.WIFSIGNALED(ended)


def at_each_step(make: Callable[[int], Callable[[], object]]) -> Iterator[tuple[int, Callable[[], object]]]:
    """Each moment with a new deed that was killed there, until one lives to its end; a deed has several steps."""
    moment = 1
    while killed_at(moment, deed := make(moment)):
        yield moment, deed
        moment += 1
    assert moment > 4
