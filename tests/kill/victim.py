"""A process that dies at a chosen statement: `python -m tests.kill.victim live 2021-04-17 137 kill`.
What it does until then: `live` a day of the rehearsal, `work` a round of the background worker, `chain` a morning of supply.

Statements and both sides of every commit are counted, so that a number names a moment between two of them. `kill` ends this
process without warning; `stop` takes the database away in the middle of the statement; `count` only counts, and prints.
"""

import os
import signal
import subprocess
import sys
from datetime import date
from threading import Thread
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from psycopg.errors import DatabaseError as Broken  # noqa: E402

from seawall.drill import services as drill  # noqa: E402
from seawall.platform import services as platform  # noqa: E402

from . import chain  # noqa: E402


class Fate:
    """Counts moments and strikes at one."""

    def __init__(self, at: int, how: str) -> None:
        self.at, self.how, self.seen = at, how, 0

    def moment(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if self.how == "stop":
                Thread(target=stop_database).start()

    def watch(self) -> None:
        execute, copy, commit = CursorWrapper.execute, CursorWrapper.__getattr__, DatabaseWrapper._commit

        def executed(cursor: CursorWrapper, *given: Any) -> Any:
            self.moment()
            return execute(cursor, *given)

        def reached(cursor: CursorWrapper, name: str) -> Any:
            if name == "copy":
                self.moment()
            return copy(cursor, name)

        def committed(wrapper: DatabaseWrapper) -> Any:
            self.moment()
            done = commit(wrapper)
            self.moment()
            return done

        CursorWrapper.execute, CursorWrapper.__getattr__, DatabaseWrapper._commit = executed, reached, committed


def stop_database() -> None:
    """As when the machine's memory runs out: no checkpoint, no goodbye."""
    from seawall.platform.embedded import server

    cluster = server()
    program = [str(cluster.bin_path / "pg_ctl"), "-D", str(cluster.pgdata), "-m", "immediate", "-w", "stop"]
    as_user = {"user": cluster.system_user} if cluster.system_user else {}
    subprocess.run(program, check=True, capture_output=True, **as_user)


def work(fate: Fate) -> None:
    """One round of relay and sealer."""
    fate.watch()
    platform.background_round()


def main() -> None:
    what, until, at, how = sys.argv[1:5]
    connection.ensure_connection()
    fate = Fate(int(at), how)
    try:
        if what == "live":
            fate.watch()
            drill.live_until(date.fromisoformat(until))
        elif what == "chain":
            chain.morning(fate.watch, date.fromisoformat(until))
        else:
            work(fate)
    except Exception as error:
        if how != "stop" or not isinstance(error.__cause__, Broken):
            raise
        os._exit(3)
    print(fate.seen)  # noqa: T201


if __name__ == "__main__":
    main()
