"""Dated policies: proposed with their source, previewed against the plan, applied by whoever may."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import polars as pl

from seawall.engines.planning import Plan, SolverFailed, summary_text
from seawall.platform import access, snapshot, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal, Refused
from seawall.terms.campaigns import PolicyApply, PolicyPropose
from seawall.terms.codes import DosePriority, Owner

from .. import selectors, stored
from ..events import POLICY_APPLIED, POLICY_PROPOSED
from ..keys import campaign_ids, campaign_keys
from ..models import Policy
from ..rows import PolicyPreview, PolicyRow
from . import policy_preview_cache
from .plans import gather, solve

COLUMNS = ("campaign", "code", "position", "kind", "value", "name_zh", "name_en", "since", "until", "later_within_days")
SECONDS = 20.0  # a person waits for the preview: each of its two solves ends by then with its best plan
KNOWN = frozenset(str(value) for value in DosePriority)


def _states(ids: dict[str, int]) -> dict[tuple[int, str], str]:
    """State of every policy of these campaigns."""
    rows = sql.fetch(
        "SELECT campaign_id, code, state FROM campaigns_policy WHERE campaign_id = ANY(%s)", [list(ids.values())]
    )
    return {(campaign, code): state for campaign, code, state in rows}


@verb(Owner.CAMPAIGN, zh="提出政策", en="Propose policies", key=campaign_keys, tells=(POLICY_PROPOSED,))
def policy_propose(w: Work, items: list[PolicyPropose]) -> Answers:
    """Put dated policies on the table; they count for nothing until applied."""
    ids = campaign_ids({i.campaign for i in items})
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
    snapshot.forget()
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


@verb(Owner.CAMPAIGN, zh="启用政策", en="Apply policies", key=campaign_keys, tells=(POLICY_APPLIED,))
def policy_apply(w: Work, items: list[PolicyApply]) -> Answers:
    """Put proposed policies in force; the next plan follows them."""
    ids = campaign_ids({i.campaign for i in items})
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
        snapshot.forget()
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
    digest = policy_preview_cache.digest_of(
        code, policy, as_of, frames if bookings is None else {**frames, "bookings": bookings}
    )
    kept = policy_preview_cache.kept(digest)
    if kept or known:
        return kept
    applied = pl.when(pl.col("policy") == policy).then(pl.lit("applied")).otherwise("state")
    under = {**frames, "policies": frames["policies"].with_columns(state=applied)}
    planned = partial(solve, stored.scenario(code), as_of, seconds=SECONDS)
    try:
        with ThreadPoolExecutor(2) as both:  # the solver leaves the second core to the other plan
            before, after = both.map(planned, (frames, under))
    except SolverFailed as failed:
        raise Refused("PLAN_TIME_UP", seconds=int(SECONDS)) from failed
    seconds = time.perf_counter() - started
    preview = _moves(code, found, as_of, before, after, _barred(found, bookings), seconds)
    policy_preview_cache.keep(digest, code, preview)
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
    told = json.loads(summary_text(after))
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
        obstacles=[row for row in told["obstacles"] if row["code"] != "LAST_FIRST_DOSE"],
        shortfall=told["shortfall"],
        stopped=any(plan.summary["status"] != "optimal" for plan in (before, after)),
        last_first_dose=selectors.last_first_doses(code),
        seconds=seconds,
    )


def _by(sides: pl.DataFrame, key: str) -> list[dict[str, Any]]:
    def side(name: str, first: bool) -> pl.Expr:
        kind = pl.col("first") if first else ~pl.col("first")
        return pl.col(name).filter(kind).sum().alias(f"{'first' if first else 'later'}_{name}")

    columns = [side(name, first) for first in (True, False) for name in ("before", "after")]
    return sides.group_by(key).agg(columns).sort(key).to_dicts()
