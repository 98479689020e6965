"""计数接种: campaigns that count by team, street and age band, and name nobody. Doses leave the same ledger, days close the same way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from seawall.clinic import asks, tables
from seawall.clinic.models import Tally
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.supply import services as supply
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.stock import DosePutBack, DoseUse
from seawall.terms.tally import TallyRecord, TallyWithdraw

from .closing import LOCK_DAYS

STOCK = frozenset({"dose_give", "dose_reverse"})  # the rights that cover a dose leaving its vial, or coming back
COLUMNS: tuple[str, ...] = (
    "site_id",
    "act",
    "campaign",
    "day",
    "leaf_id",
    "team",
    "code",
    "product",
    "lot",
    "given",
    "doses",
)
COLUMNS += ("zero_dose", "marked", "houses_visited", "houses_closed", "houses_absent", "post_id", "occurred_at")
LOCK = f"""
SELECT t.site_id, t.act, t.day, t.doses, t.withdrawn_by IS NOT NULL FROM clinic_tally t
JOIN {sql.unnest({"site_id": "bigint", "act": "uuid"})} ON t.site_id = u.site_id AND t.act = u.act
ORDER BY t.site_id, t.act FOR UPDATE OF t
"""
WITHDRAW = f"""
UPDATE clinic_tally t SET withdrawn_by = u.by FROM {sql.unnest({"site_id": "bigint", "act": "uuid", "by": "uuid"})}
WHERE t.site_id = u.site_id AND t.act = u.act
"""


@verb(Owner.SITE, zh="登记计数接种", en="Record tallies")
def tally_record(w: Work, items: list[TallyRecord]) -> Answers:
    """Count doses of vials by age band, and houses, for campaigns whose folder says `counting = "tally"`; any other is refused by name."""
    days = {i.act: clock.civil_day(i.occurred_at) for i in items}
    keys = sorted({(i.site_id, days[i.act]) for i in items})
    closed = {(site, day) for site, day, shut in sql.fetch(LOCK_DAYS, sql.turn(keys, 2)) if shut}
    case = asks.Counted(items, days, asks.open_sessions(keys) - closed)
    answers: dict[UUID, Refusal | Params] = {i.act: why for i in items if (why := _refusal(i, case))}
    good = [i for i in items if i.act not in answers]
    used, refused = _used(w, [i for i in good if i.doses], case)
    answers |= refused
    rows = []
    for i in good:
        if i.act in refused:
            continue
        told: Mapping[str, object] = used[i.act].answer if i.act in used else {}
        product, lot = str(told.get("product", "")), str(told.get("lot", ""))
        rows.append(
            (i.site_id, i.act, i.campaign, days[i.act], i.leaf_id, i.team, i.code if i.doses else "", product, lot)
            + (i.given, i.doses, i.zero_dose, i.marked, i.houses_visited, i.houses_closed, i.houses_absent)
            + (w.actor.post_id, i.occurred_at)
        )
        answers[i.act] = {"doses": i.doses, "lot": lot, "houses": i.houses_visited}
    sql.insert(Tally, COLUMNS, rows)
    return answers


def _refusal(i: TallyRecord, case: "asks.Counted") -> Refusal | None:
    day = case.days[i.act]
    if i.campaign not in case.counting:
        return Refusal("CAMPAIGN_NOT_HERE", {"campaign": i.campaign})
    if case.counting[i.campaign] != "tally":
        return Refusal("TALLY_OF_NAMED_CAMPAIGN", {"campaign": i.campaign})
    if (i.site_id, day) not in case.open:
        return Refusal("TALLY_NO_SESSION", {"day": day.isoformat()})
    if i.leaf_id not in case.leaves:
        return Refusal("AREA_UNKNOWN", {"leaf_id": i.leaf_id})
    if strange := sorted(i.given.keys() - tables.tally_bands(day).keys()):
        return Refusal("TALLY_BAND_UNKNOWN", {"band": ", ".join(strange)})
    counts = (*i.given.values(), i.zero_dose, i.marked, i.houses_visited, i.houses_closed, i.houses_absent)
    houses = i.houses_closed + i.houses_absent
    if min(counts) < 0 or max(i.zero_dose, i.marked) > i.doses or houses > i.houses_visited or i.team < 1:
        return Refusal("TALLY_DOES_NOT_ADD_UP", {"doses": i.doses, "houses": i.houses_visited})
    if not any(counts):
        return Refusal("TALLY_EMPTY", {})
    return Refusal("TALLY_WITHOUT_VIAL", {"doses": i.doses}) if i.doses and not i.code.strip() else None


def _used(
    w: Work, items: Sequence[TallyRecord], case: "asks.Counted"
) -> tuple[dict[UUID, Outcome], dict[UUID, Refusal]]:
    """Take the doses out of their vials; a vial that does not give them refuses its own tally alone."""
    product = case.products(items)
    uses = [
        DoseUse(
            act=i.act, occurred_at=i.occurred_at, place_id=i.site_id, code=i.code, product=product.get(i.act, ""), doses=i.doses
        )
        for i in items
    ]  # fmt: skip
    strange = {
        i.act: Refusal("TALLY_OTHER_VACCINE", {"product": product[i.act]})
        for i in items
        if i.act in product and product[i.act] not in case.vaccines[i.campaign]
    }
    actor = replace(w.actor, grants=w.actor.grants | STOCK)
    told = {o.act: o for o in supply.dose_use(actor, [use for use in uses if use.act not in strange])}
    refused = {act: o.refusal for act, o in told.items() if o.refusal}
    return {act: o for act, o in told.items() if o.done}, refused | strange


@verb(Owner.SITE, zh="撤回计数", en="Withdraw tallies")
def tally_withdraw(w: Work, items: list[TallyWithdraw]) -> Answers:
    """Tallies that were counted wrong count no more, and their doses are in their vials again; the line stays on record."""
    rows = sorted({(i.site_id, i.tally) for i in items})
    had = {(site, act): rest for site, act, *rest in sql.fetch(LOCK, sql.turn(rows, 2))}
    keys = sorted({(site, day) for (site, _), (day, _, _) in had.items()})
    closed = {(site, day) for site, day, shut in sql.fetch(LOCK_DAYS, sql.turn(keys, 2)) if shut}
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[tuple[int, UUID], TallyWithdraw] = {}
    for i in items:
        found = had.get((i.site_id, i.tally))
        if found is None or found[2] or (i.site_id, i.tally) in good:
            answers[i.act] = Refusal("TALLY_UNKNOWN", {})
        elif (i.site_id, found[0]) in closed:
            answers[i.act] = Refusal("SITE_DAY_CLOSED", {"day": found[0].isoformat()})
        else:
            good[i.site_id, i.tally] = i
    back = [
        DosePutBack(act=i.act, occurred_at=i.occurred_at, place_id=site, used=tally, doses=had[site, tally][1])
        for (site, tally), i in good.items()
        if had[site, tally][1]
    ]
    actor = replace(w.actor, grants=w.actor.grants | STOCK)
    refused = {o.act: o.refusal for o in supply.dose_put_back(actor, back) if o.refusal}
    done = {key: i for key, i in good.items() if i.act not in refused}
    sql.execute(WITHDRAW, sql.turn([(*key, i.act) for key, i in done.items()], 3))
    return answers | refused | {i.act: {"doses": had[key][1]} for key, i in done.items()}
