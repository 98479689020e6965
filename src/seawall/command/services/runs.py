"""Runs of the evening: started by a person, by the clock at the campaign's cut-off, or by a rehearsal; each step is on record."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4, uuid5

from procrastinate.contrib.django import app

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.platform import clock, sql
from seawall.platform.access import NOT_PERMITTED
from seawall.platform.verbs import Answers, Work, verb
from seawall.reports import selectors as reports
from seawall.staff import selectors as staff
from seawall.terms.actor import ZH, Actor, Reach
from seawall.terms.acts import Params, Refusal, Refused
from seawall.terms.codes import EveningState, Owner
from seawall.terms.command import EveningRun, EveningStepped

from ..models import Evening, EveningStep
from .evening import LENT, STEPS, EveningStopped, Night, live

SPACE = UUID("0e5d6b1e-1234-4c5e-9b0e-5ea3a11e0e0e")
JOB = "command.evening"
NUMBERS = {step: number for number, (step, _) in enumerate(STEPS, 1)}
SILENT = timedelta(minutes=15)  # a run that has not moved for so long is not waited for
SYSTEM = Actor(account_id=0, post_id=0, role="SYSTEM", grants=LENT, reach=Reach(everywhere=True))


@verb(Owner.CITY, zh="办理晚间流程", en="Run the evening")
def evening(w: Work, items: list[EveningRun], here: bool = False) -> Answers:
    """Start the evening of days: close, prove the books, look, plan again, ship, order, and make the dispatch.

    Its steps run in the background, each for itself, unless the caller runs them `here`; the page of the evening and an
    alert tell where it stopped.
    """
    return {item.act: _refuse(item, here) or _begin(w, item, here) for item in items}


def _refuse(item: EveningRun, here: bool) -> Refusal | None:
    campaign = campaigns.campaign(item.campaign)
    if campaign is None:
        return Refusal("CAMPAIGN_UNKNOWN", {"campaign": item.campaign})
    if clock.now() < campaign.cut_off_at(item.day):
        return Refusal("EVENING_TOO_SOON", {"day": item.day.isoformat(), "cut_off": f"{campaign.cut_off:%H:%M}"})
    if not here and evening_runs(item.campaign, item.day):
        return Refusal("EVENING_RUNS", {"day": item.day.isoformat()})
    return None


def evening_runs(campaign: str, day: date) -> bool:
    """Whether a run of a campaign's evening waits or goes on."""
    query = "SELECT 1 FROM command_evening WHERE campaign = %s AND day = %s AND state IN ('waiting', 'running') AND moved_at > %s"
    return bool(sql.fetch(query, [campaign, day, clock.system_now() - SILENT]))


def _begin(w: Work, item: EveningRun, here: bool) -> Params:
    row = (item.act, item.campaign, item.day, EveningState.WAITING, w.actor.post_id, w.recorded_at, clock.system_now())
    sql.insert(Evening, ("run", "campaign", "day", "state", "post_id", "asked_at", "moved_at"), [row])
    if not here:
        app.configure_task(JOB, lock=JOB).defer(run=str(item.act))
    return {"run": str(item.act), "day": item.day.isoformat()}


@verb(Owner.CITY, zh="记录晚间步骤", en="Keep the evening's steps", grants=("evening",), inside=True)
def evening_step(w: Work, items: list[EveningStepped]) -> Answers:
    """Keep what came of steps, and with it how far their runs are."""
    columns = ("run", "step", "number", "code", "params", "seconds")
    rows = [(i.run, i.step, i.number, i.code, dict(i.params), i.seconds) for i in items]
    sql.insert(EveningStep, columns, rows)
    sql.execute(
        f"UPDATE command_evening e SET state = u.state, moved_at = %s FROM {sql.unnest({'run': 'uuid', 'state': 'text'})} "
        "WHERE e.run = u.run",
        [clock.system_now(), *sql.turn([(i.run, _state(i)) for i in items], 2)],
    )
    return {i.act: {"run": str(i.run), "step": i.step} for i in items}


def _state(item: EveningStepped) -> EveningState:
    if item.code:
        return EveningState.STOPPED
    return EveningState.DONE if item.last else EveningState.RUNNING


def evening_run(actor: Actor, campaign: str, day: date) -> UUID:
    """A campaign's evening here and now; its run. Raises EveningStopped at the step that stopped it."""
    act = uuid4()  # a refusal answers its act for good: asked again after the cut-off, it is another act
    item = EveningRun(act=act, occurred_at=clock.now(), dated_here=True, campaign=campaign, day=day)
    why = evening.one(actor, item, here=True).refusal
    if why:
        raise Refused(why.code, **why.params)
    _live(actor, act, campaign, day)
    return act


def evening_go(run: UUID) -> None:
    """What the background does of a run that was asked for; where it stops is on record and an alert."""
    ((campaign, day, post_id),) = sql.fetch("SELECT campaign, day, post_id FROM command_evening WHERE run = %s", [run])
    actor = staff.actor_for(post_id, ZH) if post_id else SYSTEM
    try:
        if actor is None:  # the post ended between the asking and the doing
            raise Refused(NOT_PERMITTED, grant="evening")
        _live(actor, run, campaign, day)
    except EveningStopped:
        return
    except Refused as refused:
        _kept(SYSTEM, run, STEPS[0][0], refused.refusal, 0.0)


def _live(actor: Actor, run: UUID, code: str, day: date) -> None:
    campaign = campaigns.campaign(code)
    assert campaign is not None
    night = Night(replace(actor, grants=actor.grants | LENT), campaign, day)
    live(night, lambda step, why, seconds: _kept(night.actor, run, step, why, seconds))


def _kept(actor: Actor, run: UUID, step: str, why: Refusal | None, seconds: float) -> None:
    item = EveningStepped(
        act=uuid5(run, step), occurred_at=clock.now(), dated_here=True, run=run, step=step, number=NUMBERS[step],
        seconds=seconds, code=why.code if why else "", params=why.params if why else {}, last=NUMBERS[step] == len(STEPS),
    )  # fmt: skip
    lost = evening_step.one(actor, item).refusal
    if lost:  # a step that cannot be kept must not look as if it still waited
        raise Refused(lost.code, **lost.params)


def evenings_due() -> list[UUID]:
    """Start the evenings that the clock asks for, one of each campaign. A played day ends when its player says so."""
    if clock.simulated():
        return []
    return [run for campaign in campaigns.loaded() if (run := _due(campaign))]


def _due(campaign: CampaignRow) -> UUID | None:
    """The evening that is past its cut-off, was never run and is not closed."""
    last, today = reports.last_closing(campaign.code), clock.today()
    for day in (today - timedelta(days=1), today):
        if not campaign.runs_on(day) or (last and last >= day) or clock.now() < campaign.cut_off_at(day):
            continue
        if sql.fetch("SELECT 1 FROM command_evening WHERE campaign = %s AND day = %s LIMIT 1", [campaign.code, day]):
            continue
        item = EveningRun(
            act=uuid5(SPACE, f"{campaign.code}/{day}/cut-off"), occurred_at=campaign.cut_off_at(day),
            campaign=campaign.code, day=day,
        )  # fmt: skip
        return item.act if evening.one(SYSTEM, item).done else None
    return None
