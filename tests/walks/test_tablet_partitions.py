"""Several tablets, deliveries that are cut, doubled and lost on the way back: every encounter is there once, stock agrees to the dose."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from seawall.clinic.services import syncing
from seawall.people import selectors as people
from seawall.platform import clock, sql
from tests.clinic.world import PROGRAMME, World

from .tablet import Hand, Tablet

pytestmark = pytest.mark.django_db
SEEDS = range(5)
TABLETS, PEOPLE, VIAL = 3, 14, 3
OPEN = "SELECT verb, code FROM clinic_syncconflict WHERE site_id = %s AND settled = ''"


class Killed(Exception):
    """The process dies after a step was committed."""


@contextmanager
def dying(rng: random.Random, chance: float) -> Iterator[None]:
    """Now and then nothing comes after a step any more."""
    whole = dict(syncing.STEPS)

    def deadly(run: Callable[..., Any]) -> Callable[..., Any]:
        def step(actor: Any, items: Any) -> Any:
            outcomes = run(actor, items)
            if rng.random() < chance:
                raise Killed
            return outcomes

        return step

    try:
        syncing.STEPS.update({name: (verb, deadly(run)) for name, (verb, run) in whole.items()})
        yield
    finally:
        syncing.STEPS.update(whole)


@dataclass
class Device:
    """A tablet with what it has not been answered yet."""

    tablet: Tablet
    queue: list[tuple[int, str]] = field(default_factory=list)

    def make(self, text: str) -> None:
        self.queue.append((self.tablet.n, text))

    def deliver(self, rng: random.Random) -> None:
        """So many acts as get through; an answer that does not arrive leaves them where they are."""
        part = self.queue[: rng.randint(1, 9)]
        try:
            answer = self.tablet.send(Client(), [text for _, text in part])
        except Killed:
            return
        assert answer.status_code == 200, answer.content
        if rng.random() < 0.3:
            return
        told = {row["n"] for row in answer.json()["answers"]}
        self.queue = [entry for entry in self.queue if entry[0] not in told]


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_end_every_encounter_is_there_once(hall: World, seed: int) -> None:
    rng = random.Random(seed)
    posts = {name: hall.posts[name] for name in ("screener", "vaccinator", "observer")} | {
        "registrar": hall.post("REGISTRAR", certified=False)
    }
    devices = [Device(_enrolled(hall, posts)) for _ in range(TABLETS)]
    persons, vials = hall.persons(PEOPLE), hall.packs(PEOPLE // VIAL + 1, doses=VIAL)
    seats = {person: str(hall.book(person)) for person in persons if rng.random() < 0.5}
    clock.set_to(hall.now + timedelta(minutes=90))
    waiting = [(person, vials[n // VIAL]) for n, person in enumerate(persons)]
    with dying(rng, 0.15):
        while waiting or any(device.queue for device in devices):
            device = rng.choice(devices)
            if waiting and rng.random() < 0.6:
                person, code = waiting.pop()
                _encounter(
                    device, Hand(hall, posts.__getitem__, at=rng.randint(0, 30)), person, code, seats.get(person), rng
                )
            elif device.queue:
                device.deliver(rng)
    given = sql.fetch("SELECT person_id, code FROM clinic_injection WHERE site_id = %s", [hall.site])
    assert sorted(person for person, _ in given) == sorted(persons)
    assert sql.fetch(OPEN, [hall.site]) == []
    states = {state for (state,) in sql.fetch("SELECT state FROM clinic_visit WHERE site_id = %s", [hall.site])}
    assert states == {"left"}
    assert sum(row.doses for row in hall.stock()) == len(vials) * VIAL - PEOPLE
    assert {person: len(lines) for person, lines in people.dose_rows(persons, PROGRAMME).items()} == dict.fromkeys(
        persons, 1
    )


def _enrolled(hall: World, posts: dict[str, int]) -> Tablet:
    tablet = Tablet(hall)
    for post in posts.values():
        tablet.enrol_as(post)
    return tablet


def _encounter(device: Device, hand: Hand, person: int, code: str, seat: str | None, rng: random.Random) -> None:
    """All acts of one person, sometimes with a press taken back in between; another tablet may do the rest of the day."""
    tablet, post = device.tablet, hand.post
    came = hand.arrival(person, seat)
    visit = came["act"]
    device.make(tablet.act(post("registrar"), "visit_arrive", came))
    device.make(tablet.act(post("screener"), "screening_record", hand.screening(visit)))
    device.make(tablet.act(post("vaccinator"), "dose_give", hand.dose(visit, code)))
    if rng.random() < 0.2:
        device.make(
            tablet.act(post("vaccinator"), "dose_reverse", hand.item(6.5, visit=visit, reason="PRESSED_BY_MISTAKE"))
        )
        again = hand.dose(visit, code) | {"occurred_at": hand.item(8)["occurred_at"]}
        device.make(tablet.act(post("vaccinator"), "dose_give", again))
    device.make(tablet.act(post("observer"), "observation_end", hand.end(visit)))
