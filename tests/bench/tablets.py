"""A tablet's day: a bundle of 3,000 people, and 1,000 encounters brought back; beside it the same doses through the verb alone."""

import json
from collections.abc import Iterable
from datetime import timedelta

from django.test import Client

from seawall.clinic import services as clinic
from seawall.platform import clock, sql

from ..clinic.world import World, done
from ..walks.tablet import Hand, Tablet
from .doses import crowd, great_hall, waiting
from .measure import Line, seconds

EXPECTED, ENCOUNTERS, ACTS = 3_000, 1_000, 500


def measured(hall: World) -> list[Line]:
    great_hall(hall)
    tablet, posts = Tablet(hall), hall.posts | {"registrar": hall.post("REGISTRAR", certified=False)}
    for post in posts.values():
        tablet.enrol_as(post)
    alone = waiting(hall, ENCOUNTERS)
    plain = seconds(lambda: done(clinic.dose_give(hall.actor, alone)))
    persons, codes = crowd(hall, EXPECTED), hall.packs(ENCOUNTERS)
    for person in persons:
        hall.book(person)
    return [*_bundle(tablet, posts), _sync(hall, tablet, posts, list(zip(persons, codes, strict=False)), plain)]


def _bundle(tablet: Tablet, posts: dict[str, int]) -> Iterable[Line]:
    client = Client()
    tablet.fetch(client, posts["registrar"])
    took = seconds(lambda: tablet.fetch(client, posts["registrar"]))
    letter = tablet.fetch(client, posts["registrar"])
    known = tablet.open(client, posts["registrar"], letter.json())
    size, people = len(letter.content), len(known["persons"])
    yield Line(f"day bundle of {people:,} persons made, signed and sealed", f"{took:.2f} s", f"{size / 1e6:.2f} MB", "")


def _sync(hall: World, tablet: Tablet, posts: dict[str, int], pairs: list[tuple[int, str]], plain: float) -> Line:
    hand, acts = Hand(hall, posts.__getitem__), list[str]()
    for person, code in pairs:
        came = hand.arrival(person)
        visit = came["act"]
        acts += [
            tablet.act(posts["registrar"], "visit_arrive", came),
            tablet.act(posts["screener"], "screening_record", hand.screening(visit)),
            tablet.act(posts["vaccinator"], "dose_give", hand.dose(visit, code)),
            tablet.act(posts["observer"], "observation_end", hand.end(visit)),
        ]
    clock.set_to(hall.now + timedelta(hours=2))
    client = Client()

    def deliver() -> None:
        for n in range(0, len(acts), ACTS):
            answers = json.loads(tablet.send(client, acts[n : n + ACTS]).content)["answers"]
            assert all(row["done"] for row in answers), next(row for row in answers if not row["done"])

    took = seconds(deliver)
    ((given,),) = sql.fetch("SELECT count(*) FROM clinic_injection WHERE person_id = ANY(%s)", [[p for p, _ in pairs]])
    assert given == len(pairs)
    return Line(
        f"{len(pairs):,} encounters of a tablet taken in ({len(acts):,} signed acts)", f"{took:.1f} s",
        f"{plain:.1f} s their doses alone, in one batch", f"{took / plain:.1f}",
    )  # fmt: skip
