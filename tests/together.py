"""Which tests stay on one worker of `pytest -n`, because they share a server or are long in waiting for each other.

xdist 3.8 writes the mark `xdist_group` into the node ids, which pytest 9.2 no longer reads; so the groups are told by path.
"""

from xdist.scheduler import LoadScopeScheduling

GROUPS = {
    "tests/browser/test_access.py": "walk",  # as long as all the other browser tests: on the other worker
    "tests/browser/": "browser",
}


class Together(LoadScopeScheduling):
    """Sends the tests of a group to one worker, every other test to whichever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for path, name in GROUPS.items() if nodeid.startswith(path)), nodeid)
