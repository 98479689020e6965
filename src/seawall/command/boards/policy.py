"""The policy page: what applying a waiting policy would move, or what an applied one says."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.campaigns.selectors import CampaignRow, PolicyPreview, PolicyRow
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import DosePriority
from seawall.terms.names import Name

from .. import gather, situation
from .curve import last_first_doses
from .plan import cure_of, plan_verdict
from .plan_rows import Cure
from .verdict import TargetVerdict, verdict_of
from .wording import readable

CURES_SHOWN, GROUPS_SHOWN = 3, 5


@dataclass(frozen=True, slots=True)
class DoseSums:
    """First and later doses of the policy's days under one plan."""

    first: int
    later: int


@dataclass(frozen=True, slots=True)
class UnitMove:
    """A unit's doses of the policy's days without it and with it."""

    unit_id: int
    name: Name
    first_before: int
    first_after: int
    later_before: int
    later_after: int

    @property
    def moved(self) -> int:
        return self.first_after + self.later_after - self.first_before - self.later_before


@dataclass(frozen=True, slots=True)
class LastDayMove:
    """The last useful day of a product's first dose without the policy and with it."""

    name: Name
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class MissedTarget:
    """A target that would be missed under the policy, and by how many people."""

    target: str
    people: int
    needed: int
    by: date


@dataclass(frozen=True, slots=True)
class GroupHit:
    """On how many people of a group a shortfall falls."""

    name: Name
    people: int


@dataclass(frozen=True, slots=True)
class PolicyMoves:
    """What applying a policy moves; of an applied one both sides are the plan in force."""

    before: DoseSums
    after: DoseSums
    verdict_before: TargetVerdict | None
    verdict_after: TargetVerdict | None
    last_first_dose: tuple[LastDayMove, ...]
    bookings: int = 0
    shipments: int = 0
    units: tuple[UnitMove, ...] = ()
    missed: tuple[MissedTarget, ...] = ()
    hit: tuple[GroupHit, ...] = ()
    cures: tuple[Cure, ...] = ()
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """A dated policy, and what it moves; nothing where that was not planned yet and may not be now."""

    policy: PolicyRow
    moves: PolicyMoves | None


def policy_preview(actor: Actor, campaign: CampaignRow, code: str, known: bool = False) -> PolicyPage:
    """Planned from tonight's facts; with `known` a preview that was not made yet is not made."""
    policy = next((p for p in campaigns.policies(campaign.code) if p.code == code), None)
    if policy is None:
        raise Refused("POLICY_UNKNOWN", campaign=campaign.code, policy=code)
    as_of = reports.last_closing(campaign.code) or clock.today()
    if policy.applied:
        return PolicyPage(policy, _in_force(campaign, policy, as_of, actor.language))
    moves = campaign_services.policy_preview(
        actor,
        campaign.code,
        code,
        as_of,
        bookings=gather.bookings(campaign.code, as_of),
        known=known,
        **gather.plan_inputs(campaign, as_of),
    )
    return PolicyPage(policy, _moves(campaign, policy, as_of, moves, actor.language) if moves else None)


def _in_force(campaign: CampaignRow, policy: PolicyRow, as_of: date, language: str) -> PolicyMoves:
    """An applied policy moves nothing any more: what the plan in force says of its days stands on both sides."""
    run = campaigns.plan_of(campaign.code, as_of)
    quotas = campaigns.plan_frame(run.run_id, "quotas") if run else None
    near = quotas.filter(pl.col("date").is_between(policy.since, policy.until)) if quotas is not None else None
    first = int(near.filter(pl.col("dose_rank") == 1)["doses"].sum()) if near is not None else 0
    later = int(near.filter(pl.col("dose_rank") > 1)["doses"].sum()) if near is not None else 0
    verdict = plan_verdict(campaign, run, language) if run else None
    lasts = tuple(LastDayMove(m.name, m.day, m.day) for m in last_first_doses(campaign.code, as_of))
    return PolicyMoves(DoseSums(first, later), DoseSums(first, later), verdict, verdict, lasts)


def _moves(campaign: CampaignRow, policy: PolicyRow, as_of: date, moves: PolicyPreview, language: str) -> PolicyMoves:
    before, after = (
        DoseSums(sum(d[f"first_{side}"] for d in moves.by_day), sum(d[f"later_{side}"] for d in moves.by_day))
        for side in ("before", "after")
    )
    run = campaigns.plan_of(campaign.code, as_of)
    ahead = {d["date"]: d["first_after"] + d["later_after"] for d in moves.by_day}
    stands = situation.standing(campaign, as_of, ahead, sum(t["short_by"] for t in moves.targets_after))
    return PolicyMoves(
        before=before,
        after=after,
        verdict_before=plan_verdict(campaign, run, language) if run else None,
        verdict_after=verdict_of(campaign, as_of, stands, None, language),
        last_first_dose=tuple(
            LastDayMove(m.name, day, _last_under(policy, day))
            for m in last_first_doses(campaign.code, as_of)
            if (day := moves.last_first_dose.get(m.product))
        ),
        bookings=moves.bookings,
        shipments=sum(abs(s["after"] - s["before"]) for s in moves.shipments),
        units=_units(moves, as_of),
        missed=tuple(
            MissedTarget(
                str(readable({"target": t["target"]}, as_of, language)["target"]), t["short_by"], t["needed"], t["by"]
            )
            for t in moves.targets_after
            if t["short_by"]
        ),
        hit=_hit(campaign.code, moves),
        cures=tuple(cure_of(row) for row in moves.obstacles if row.get("remedy"))[:CURES_SHOWN],
        stopped=moves.stopped,
    )


def _units(moves: PolicyPreview, as_of: date) -> tuple[UnitMove, ...]:
    units = {u.code: u for u in reference.units(as_of)}
    return tuple(
        UnitMove(
            unit_id=units[row["unit"]].unit_id,
            name=Name.of(units[row["unit"]]),
            first_before=row.get("first_before", 0),
            first_after=row.get("first_after", row.get("first", 0)),
            later_before=row.get("later_before", 0),
            later_after=row.get("later_after", row.get("later", 0)),
        )
        for row in moves.by_unit
        if row["unit"] in units
    )


def _hit(campaign: str, moves: PolicyPreview) -> tuple[GroupHit, ...]:
    """The hardest hit first."""
    people = Counter[str]()
    for row in moves.shortfall:
        people[row["group"]] += row["short_by"]
    names = {g.code: Name.of(g) for g in campaigns.groups(campaign)}
    return tuple(GroupHit(names.get(code) or Name.code(code), n) for code, n in people.most_common(GROUPS_SHOWN))


def _last_under(policy: PolicyRow, day: date) -> date:
    """The last useful day of a first dose under a policy that pauses first doses from its own first day."""
    paused = policy.value == DosePriority.LATER_DOSES_ONLY and day >= policy.since
    return policy.since - timedelta(days=1) if paused else day
