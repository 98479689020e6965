"""What the campaigns do by themselves: with a campaign taken in, people are judged by the rules that it brings."""

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from seawall.people import services as people
from seawall.platform import clock
from seawall.platform.relay import FactRow
from seawall.terms.actor import Actor, Reach

JUDGE = "campaigns.judge"
SYSTEM = Actor(0, 0, "SYSTEM", grants=frozenset({"due_refresh"}), reach=Reach(everywhere=True))


@app.task(name=JUDGE, lock=JUDGE, queueing_lock=JUDGE)
def judge_task() -> None:
    """Judge whoever is not judged by the rules of a programme in use, some at a time; broken off, the next one goes on."""
    today = clock.today()
    for programme in people.programmes_behind(today):
        people.dues_catch_up(SYSTEM, programme, today)


def campaign_loaded(_fact: FactRow) -> None:
    """Ask for it once, where anybody is behind; one that waits already will see this campaign too."""
    if people.programmes_behind(clock.today()) and not _asked("todo"):
        judge_task.defer()


def judging() -> bool:
    """Whether people are being judged, or wait for it."""
    return _asked("todo", "doing")


def _asked(*states: str) -> bool:
    return bool(ProcrastinateJob.objects.filter(task_name=JUDGE, status__in=states).exists())
