"""Dated policies: proposed with their source, previewed against the plan, applied by whoever may."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import polars as pl

from seawall.engines.planning import Plan
from seawall.platform import access, sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal, Refused
from seawall.terms.campaigns import PolicyApply, PolicyPropose
from seawall.terms.codes import DosePriority

from .. import selectors
from ..events import POLICY_APPLIED, POLICY_PROPOSED
from ..models import Policy
from ..rows import PolicyPreview, PolicyRow
from . import looks
from .plans import gather, solve

COLUMNS = ("campaign", "code", "position", "kind", "value", "name_zh", "name_en", "since", "until", "later_within_days")
KNOWN = frozenset(str(value) for value in DosePriority)


def policy_propose(actor: Actor, items: Sequence[PolicyPropose]) -> list[Outcome]:
    """Put dated policies on the table; they count for nothing until applied."""
    return run_verb(actor, "policy_propose", items, owner="campaign", owner_id=_owner(items), work=_propose)


def policy_apply(actor: Actor, items: Sequence[PolicyApply]) -> list[Outcome]:
    """Put proposed policies in force; the next plan follows them."""
    return run_verb(actor, "policy_apply", items, owner="campaign", owner_id=_owner(items), work=_apply)


def _owner(items: Sequence[Any]) -> Any:
    ids = _campaign_ids({item.campaign for item in items})
    return lambda item: ids.get(item.campaign, 0)


def _campaign_ids(codes: set[str]) -> dict[str, int]:
    return dict(sql.fetch("SELECT code, id FROM campaigns_campaign WHERE code = ANY(%s)", [sorted(codes)]))


def _states(ids: dict[str, int]) -> dict[tuple[int, str], str]:
    """State of every policy of these campaigns."""
    rows = sql.fetch(
        "SELECT campaign_id, code, state FROM campaigns_policy WHERE campaign_id = ANY(%s)", [list(ids.values())]
    )
    return {(campaign, code): state for campaign, code, state in rows}


def _propose(w: Work, items: list[PolicyPropose]) -> dict[UUID, Refusal | Params]:
    ids = _campaign_ids({i.campaign for i in items})
    states, answers, rows = _states(ids), dict[UUID, Refusal | Params](), []
    for number, item in enumerate(items):
        refusal = _refuse(item, ids, states)
        if refusal:
            answers[item.act] = refusal
            continue
        key = ids[item.campaign]
        states[key, item.code] = "proposed"
        position = len(states) + number
        rows.append(
            (key, item.code, position, "dose_priority", item.value, item.name_zh, item.name_en, item.since, item.until)
            + (item.later_within_days, "proposed", item.authority, item.source)
        )
        answers[item.act] = {"policy": item.code}
        w.announce(POLICY_PROPOSED, "campaign", key, item, {"campaign": item.campaign, "policy": item.code})
    sql.insert(Policy, (*COLUMNS, "state", "authority", "source"), rows)
    return answers


def _refuse(item: PolicyPropose, ids: dict[str, int], states: dict[tuple[int, str], str]) -> Refusal | None:
    if item.campaign not in ids:
        return Refusal("CAMPAIGN_UNKNOWN", {"campaign": item.campaign})
    if (ids[item.campaign], item.code) in states:
        return Refusal("POLICY_KNOWN", {"policy": item.code})
    if item.until < item.since:
        return Refusal(
            "POLICY_PERIOD", {"policy": item.code, "since": item.since.isoformat(), "until": item.until.isoformat()}
        )
    if item.value not in KNOWN:
        return Refusal("POLICY_VALUE_UNKNOWN", {"value": item.value, "known": ", ".join(sorted(KNOWN))})
    if not item.source.strip():
        return Refusal("POLICY_WITHOUT_SOURCE", {"policy": item.code})
    return None


def _apply(w: Work, items: list[PolicyApply]) -> dict[UUID, Refusal | Params]:
    ids = _campaign_ids({i.campaign for i in items})
    states, answers, done = _states(ids), dict[UUID, Refusal | Params](), []
    for item in items:
        key = (ids.get(item.campaign, 0), item.code)
        if key not in states:
            answers[item.act] = Refusal("POLICY_UNKNOWN", {"campaign": item.campaign, "policy": item.code})
        elif states[key] == "applied":
            answers[item.act] = Refusal("POLICY_ALREADY_APPLIED", {"policy": item.code})
        else:
            states[key] = "applied"
            done.append(key)
            answers[item.act] = {"policy": item.code}
            w.announce(POLICY_APPLIED, "campaign", key[0], item, {"campaign": item.campaign, "policy": item.code})
    if done:
        sql.execute(
            "UPDATE campaigns_policy p SET state = 'applied', applied_at = %s, applied_by = %s "
            f"FROM {sql.unnest({'campaign_id': 'bigint', 'code': 'text'})} "
            "WHERE p.campaign_id = u.campaign_id AND p.code = u.code",
            [w.recorded_at, w.actor.post_id, *sql.turn(done, 2)],
        )
    return answers


def policy_preview(
    actor: Actor,
    code: str,
    policy: str,
    as_of: date,
    *,
    stock: pl.DataFrame,
    capacity: pl.DataFrame | None = None,
    given: pl.DataFrame | None = None,
    eligible: pl.DataFrame | None = None,
    arrivals: pl.DataFrame | None = None,
    bookings: pl.DataFrame | None = None,
    known: bool = False,
) -> PolicyPreview | None:
    """What applying a policy would move: the same inputs planned without and with it. Nothing is changed.

    bookings [day, dose_rank, count] are the appointments made; those that the policy would no longer allow are counted. The
    answer is kept by the content of its inputs; with `known` only such an answer is given, else None.
    """
    access.require(actor, "plan_run")
    found = next((p for p in selectors.policies(code) if p.code == policy), None)
    if found is None:
        raise Refused("POLICY_UNKNOWN", campaign=code, policy=policy)
    started = time.perf_counter()
    frames = gather(code, as_of, stock=stock, capacity=capacity, given=given, eligible=eligible, arrivals=arrivals)
    digest = looks.digest_of(code, policy, as_of, frames if bookings is None else {**frames, "bookings": bookings})
    kept = looks.kept(digest)
    if kept or known:
        return kept
    applied = pl.when(pl.col("policy") == policy).then(pl.lit("applied")).otherwise("state")
    before = solve(code, as_of, frames)
    after = solve(code, as_of, {**frames, "policies": frames["policies"].with_columns(state=applied)})
    seconds = time.perf_counter() - started
    preview = _moves(code, found, as_of, before, after, _barred(found, bookings), seconds)
    looks.keep(digest, code, preview)
    return preview


def _barred(policy: PolicyRow, bookings: pl.DataFrame | None) -> int:
    if bookings is None or policy.value != DosePriority.LATER_DOSES_ONLY:
        return 0
    inside = pl.col("day").is_between(policy.since, policy.until) & (pl.col("dose_rank") == 1)
    return int(bookings.filter(inside)["count"].sum())


def _moves(
    code: str, policy: PolicyRow, as_of: date, before: Plan, after: Plan, bookings: int, seconds: float
) -> PolicyPreview:
    sides = pl.concat(
        [
            before.quotas.with_columns(before=pl.col("doses"), after=pl.lit(0, dtype=pl.Int64)),
            after.quotas.with_columns(before=pl.lit(0, dtype=pl.Int64), after=pl.col("doses")),
        ]
    ).with_columns(first=pl.col("dose_rank") == 1)
    change = pl.col("after").sum() - pl.col("before").sum()
    total = dict(sides.group_by("first").agg(change).iter_rows())
    near = pl.col("date") <= as_of + timedelta(days=14)
    sent = [
        plan.shipments.filter(near).group_by("product").agg(pl.col("doses").sum().alias(side))
        for side, plan in (("before", before), ("after", after))
    ]
    shipments = sent[0].join(sent[1], on="product", how="full", coalesce=True).fill_null(0).sort("product")
    return PolicyPreview(
        policy=policy.code,
        first_doses=int(total.get(True, 0)),
        later_doses=int(total.get(False, 0)),
        by_day=_by(sides, "date"),
        by_unit=_by(sides, "unit"),
        by_product=_by(sides, "product"),
        shipments=shipments.to_dicts(),
        bookings=bookings,
        targets_before=before.summary["targets"],
        targets_after=after.summary["targets"],
        last_first_dose=selectors.last_first_doses(code),
        seconds=seconds,
    )


def _by(sides: pl.DataFrame, key: str) -> list[dict[str, Any]]:
    def side(name: str, first: bool) -> pl.Expr:
        kind = pl.col("first") if first else ~pl.col("first")
        return pl.col(name).filter(kind).sum().alias(f"{'first' if first else 'later'}_{name}")

    columns = [side(name, first) for first in (True, False) for name in ("before", "after")]
    return sides.group_by(key).agg(columns).sort(key).to_dicts()
