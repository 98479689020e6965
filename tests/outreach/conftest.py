"""A street with people who are due, a provider that sends, and words that are approved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from seawall.outreach import services
from seawall.platform import clock, sql
from seawall.platform.gateway.providers import forget
from seawall.terms.actor import Actor
from seawall.terms.acts import Params
from seawall.terms.outreach import ContactRecord, RemindersComb, TemplateApprove, TemplatePropose
from tests.clinic.world import CAMPAIGN, DAY, World, done
from tests.walks.conftest import hall, loaded, sign_in  # noqa: F401

from . import provider

FIRST = DAY - timedelta(days=21)
"""Who had the first dose then is due today, by the schedule's 21 days."""


@dataclass
class Street:
    """Where people are reached."""

    hall: World

    @property
    def actor(self) -> Actor:
        return self.hall.actor

    def due(self, count: int = 1, first: date = FIRST, **more: object) -> list[int]:
        people = self.hall.persons(count, **({"phone": "13800000000"} | more))
        for person in people:
            self.hall.history(person, first)
        return people

    def comb(self, day: date = DAY) -> Params:
        item = RemindersComb(**self.hall.base(), campaign=CAMPAIGN, day=day)
        return done(services.reminders_comb(self.actor, [item]))[0].answer

    def contact(self, person: int, result: str, minutes: float = 0, **more: object) -> ContactRecord:
        given = {"person_id": person, "campaign": CAMPAIGN, "way": "call", "result": result}
        return ContactRecord(**self.hall.base(minutes), **(given | more))

    def words(self, *kinds: str, text: str = "第{dose}剂，{day}{time}{site}，{helpline}") -> None:
        for kind in kinds:
            drafted = TemplatePropose(**self.hall.base(), kind=kind, language="zh", text=text, since=DAY, source="专班")
            done(services.template_propose(replace(self.actor, post_id=7), [drafted]))
            agreed = TemplateApprove(**self.hall.base(), template=drafted.act)
            done(services.template_approve(replace(self.actor, post_id=8), [agreed]))

    def later(self, **span: float) -> datetime:
        now = clock.now() + timedelta(**span)
        clock.set_to(now)
        return now


@pytest.fixture
def street(hall: World) -> Street:  # noqa: F811
    return Street(hall)


@pytest.fixture
def channels(settings: pytest.FixtureRequest, tmp_path: Path) -> Iterator[pytest.FixtureRequest]:
    """Settings of the gateway that a test may point at servers of its own; files otherwise, in a folder of the test."""
    settings.VAR, settings.GATEWAY = str(tmp_path), {}
    forget()
    yield settings
    forget()


@pytest.fixture
def sms(channels: pytest.FixtureRequest) -> Iterator[provider.SmsProvider]:
    with provider.running() as server:
        channels.GATEWAY = {"sms": (server.address, provider.TOKEN)}
        forget()
        yield server


def states() -> dict[str, int]:
    """How many messages are in each state."""
    return dict(sql.fetch("SELECT state, count(*) FROM platform_message GROUP BY state"))


def again() -> None:
    """Every next try is due, and every claim has run out."""
    sql.execute("UPDATE platform_message SET next_at = now() - interval '1 second' WHERE next_at IS NOT NULL")
