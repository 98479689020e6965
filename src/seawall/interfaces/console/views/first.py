"""The first steps: what has to stand before the first person is vaccinated, who takes each step and where."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import HttpResponse
from django.urls import reverse

from seawall.command.boards.beginning import stands
from seawall.interfaces import words
from seawall.interfaces.console import page
from seawall.interfaces.console.door import ActorRequest, door
from seawall.platform import access
from seawall.terms.actor import Actor

STEPS = Path(page.__file__).with_name("steps.csv")


@dataclass(frozen=True, slots=True)
class Step:
    """One step as a post sees it: where it is taken, or else who takes it."""

    title: str
    after: str
    done: bool
    url: str
    who: str


@cache
def _table() -> tuple[Mapping[str, str], ...]:
    with STEPS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _step(actor: Actor, row: Mapping[str, str], done: bool) -> Step:
    told = words.pick({"zh": row["zh"], "en": row["en"]}), words.pick({"zh": row["after_zh"], "en": row["after_en"]})
    mine = access.may(actor, row["grant"])
    url = reverse(row["url"]) if row["url"] else reverse("act", args=[row["grant"]])
    return Step(*told, done, url if mine else "", page.holders(row["grant"]))


@door("see:frame")
def first(request: ActorRequest) -> HttpResponse:
    done = stands()
    steps = [_step(request.actor, row, done[row["step"]]) for row in _table()]
    return page.show(request, "console/first.html", {"steps": steps})
