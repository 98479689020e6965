"""The rehearsal as a person at the command line asks for it: load the city, live a day, live until a day."""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from threading import Thread
from time import monotonic

from django.db import Error, connection

from seawall.command.services import CITY_JUDGES
from seawall.platform import access, clock, sql
from seawall.platform import services as platform
from seawall.reference import selectors as reference_selectors
from seawall.reference import services as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal, Refused

from . import day as one_day
from . import load
from .acts import at
from .models import Living, Step
from .selectors import is_rehearsal, live_progress, lived_until
from .world import World, make_world, world

LOG = logging.getLogger(__name__)
CITY = "chongqing"  # lived where no other is named
USUAL = timedelta(days=20)
STAGES = {"bookings": 0.1, "arrivals": 0.2, "doses": 0.6, "closing": 0.7, "plan": 1.0}

Progress = Callable[[str, int, int], None]


def _silent(what: str, done: int, total: int) -> None:
    """Nobody watches."""


def city_load(scale: float, seed: int, progress: Progress | None = None, *, named: str = CITY) -> None:
    """Make the city of a seed in an empty database and mark it synthetic; what is loaded already stays."""
    tell = progress or _silent
    reference.city_load(named, judges=CITY_JUDGES)
    platform.nature_set(synthetic=True, seed=seed, scale=scale)
    the_city = make_world(named, scale, seed)
    steps = load.steps(the_city, tell)
    for n, (name, step) in enumerate(steps):
        tell(f"population: {name}", n, len(steps))
        _load(the_city, name, step)
    tell("population: ready", len(steps), len(steps))


def _load(the_city: World, name: str, step: Callable[[], None]) -> None:
    with _unswept(), _unflushed(), _whole(f"load {name}") as fresh:
        if fresh:
            platform.clock_set(at(the_city.eve(), 8))
            step()


def _first_evening(the_city: World, until: date, tell: Progress) -> None:
    tell(f"evenings: {the_city.eve().isoformat()} plan", 0, (until - the_city.eve()).days)
    load.first_evening(the_city)


def usual_evening() -> date:
    """The evening until which the city's folder has it lived, or three weeks of it."""
    return reference_selectors.city().lived_until or world().opens + USUAL


def live_day(day: date, progress: Progress | None = None) -> None:
    """Live one day from its morning to its evening; a whole day is not lived twice."""
    live_until(day, progress)


def live_until(until: date, progress: Progress | None = None) -> None:
    """Live on from the last whole day, the evening before the opening first; the clock then stands at the next morning."""
    tell, the_city = progress or _silent, world()
    last = lived_until() or the_city.eve()
    if last < until:
        _load(the_city, "first evening", lambda: _first_evening(the_city, until, tell))
        platform.clock_set(at(last + timedelta(days=1), 6))
        roll = one_day.roll_of(the_city, last + timedelta(days=1))
    while last < until:
        last += timedelta(days=1)
        with _unswept(), _unflushed(), _whole(last.isoformat()) as fresh:
            if fresh:
                one_day.live(the_city, roll, last, until, tell)
    platform.clock_set(at(last + timedelta(days=1), 8), running=True)
    one_day.begins(the_city, last + timedelta(days=1))


def live_start(actor: Actor, until: date) -> bool:
    """Live on in the background; False when somebody does already. Only in a rehearsal."""
    access.require(actor, "see:frame")
    if not is_rehearsal() or live_progress()["running"]:
        return False
    first = (lived_until() or world().eve()) + timedelta(days=1)
    if first > until:
        return False
    _beat(first, until, "", 0.0, running=True)  # whoever pressed sees it at once, and a second press starts nothing
    Thread(target=_live_aside, args=(until,), daemon=True).start()
    return True


def _live_aside(until: date) -> None:
    try:
        live_shown(until)
    except Exception:  # the console says it
        LOG.exception("the rehearsal stopped")
    finally:
        connection.close()


def live_shown(until: date, progress: Progress | None = None) -> None:
    """Live on until a day while everybody sees on the pages how far the city is, and what stopped it."""
    hear, first = progress or _silent, (lived_until() or world().eve()) + timedelta(days=1)
    if first > until:
        return
    days = (until - first).days + 1

    def tell(what: str, done: int, total: int) -> None:
        hear(what, done, total)
        stage, _, detail = what.partition(": ")
        day, _, step = detail.partition(" ")
        now = date.fromisoformat(day)
        share = ((now - first).days + STAGES.get(step, 0.0)) / days
        _beat(now, until, step or stage, share, running=True)

    _beat(first, until, "", 0.0, running=True)
    try:
        live_until(until, tell)
    except BaseException as error:  # whatever it was, also the one who presses Ctrl+C
        told = stopped(error) if isinstance(error, Exception) else None
        _beat(first, until, "", 0.0, running=False, stopped=told)
        raise
    _beat(until, until, "", 1.0, running=False)


def stopped(error: Exception) -> Refusal:
    """What stopped the rehearsal, which day it was, and what to do now."""
    day = ((lived_until() or world().eve()) + timedelta(days=1)).isoformat()
    why = error.refusal if isinstance(error, Refused) else Refusal("STEP_FAILED", {"error": type(error).__name__})
    return Refusal("REHEARSAL_STOPPED", {**why.params, "day": day, "cause": why.code})


def _beat(day: date, until: date, step: str, share: float, *, running: bool, stopped: Refusal | None = None) -> None:
    told = {"code": stopped.code, "params": dict(stopped.params)} if stopped else None
    values = {"running": running, "day": day, "until": until, "step": step, "share": share, "stopped": told}
    Living.objects.update_or_create(pk=1, defaults={**values, "beat": clock.system_now()})


@contextmanager
def _unswept() -> Iterator[None]:
    """A city is millions of small objects that live long: searching them for garbage costs a fifth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _unflushed() -> Iterator[None]:
    """A rehearsal's commits need not wait for the disk: after a crash the last ones are gone in order, and are lived again."""
    sql.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with suppress(Error):  # a connection that broke has nothing left to reset
            sql.execute("RESET synchronous_commit")


@contextmanager
def _whole(name: str) -> Iterator[bool]:
    """True when the step is still to be done; it counts as whole only after it ended well."""
    if Step.objects.filter(pk=name).exists():
        yield False
        return
    start = monotonic()
    yield True
    Step.objects.create(name=name, seconds=monotonic() - start)


__all__ = ["city_load", "live_day", "live_start", "live_until", "lived_until", "stopped", "usual_evening"]
