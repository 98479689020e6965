"""Cases for the judge of a tablet: what it knows and what is tried, as JSON, with what Python's judge says of the very same.

Each interlock is hit at least once, beside the case in which all is well.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from seawall.clinic import judge, tables
from seawall.clinic.judge import RULES
from seawall.clinic.services import arrival, consent
from seawall.clinic.services.screening import InquiryCase
from seawall.clinic.steps import EarlierSteps, LockedVisit
from seawall.supply import tables as supply_tables
from seawall.supply import usable
from seawall.terms import interlocks
from seawall.terms.acts import Refusal
from seawall.terms.codes import AppointmentState, DueStatus, ScreeningOutcome, VisitState
from seawall.terms.people import DueRow, age_on
from seawall.terms.stock import DoseUse
from seawall.terms.visits import CHECKS, AppointmentRow, Arrival, ConsentGiven, DoseGive, ScreeningRecord

Json = dict[str, Any]
ZONE = ZoneInfo("Asia/Shanghai")
DAY, AT = date(2021, 4, 10), "2021-04-10T10:00:00+08:00"
PROGRAMME, SITE = "covid19-cn", 1
VISIT, SEAT, ACT = (str(UUID(int=n)) for n in (1, 2, 3))
CODE = "81234567890123456789"
EFFECTS = {"FEVER": "defer", "PREGNANT": "limit", "ALLERGY_COMPONENT": "forbid", "LACTATING": "note"}
KNOWS: Json = {
    "site": {"id": SITE}, "zone": "Asia/Shanghai", "languages": ["zh-hans", "en"], "days": [DAY.isoformat(), "2021-04-11"],
    "open": [DAY.isoformat()],
    "signers": [
        {"post": 10, "account": 110, "may": ["screening_record"], "certified": {PROGRAMME: "2021-12-31"}},
        {"post": 20, "account": 120, "may": ["dose_give"], "certified": {PROGRAMME: "2021-12-31"}},
        {"post": 21, "account": 110, "may": ["dose_give"], "certified": {PROGRAMME: "2021-12-31"}},
        {"post": 30, "account": 130, "may": ["dose_give", "screening_record"], "certified": {}},
        {"post": 31, "account": 131, "may": [], "certified": {PROGRAMME: "2021-12-31"}},
    ],
    "campaigns": [{"code": "c", "programme": PROGRAMME}],
    "persons": [{
        "id": 7, "birth": "1980-05-01", "sex": 1, "ask": {PROGRAMME: ["FEVER", "ALLERGY_COMPONENT"]}, "doses": {PROGRAMME: []},
        "due": {PROGRAMME: [{
            "from": DAY.isoformat(), "status": "due", "rank": 1, "given": 0, "products": ["BIBP", "SVAC"],
            "earliest": None, "reason": "DUE_FIRST", "rule": "r", "release": "h", "last": None,
        }]},
    }],
    "appointments": [
        {"id": SEAT, "person": 7, "campaign": "c", "starts_at": "2021-04-10T10:15:00+08:00", "state": "booked", "rank": 1}
    ],
    "visits": [],
    "packs": [{
        "code": CODE, "codes": [CODE], "product": "BIBP", "lot": "L1", "expires": "2021-12-31", "state": "on_hand",
        "lot_state": "released", "doses": 1, "left": 1, "open_until": None, "gap": False, "vvm": None, "diluent": None,
        "minutes": 30, "needs_diluent": False, "last_vvm": None,
    }],
    "products": {"BIBP": {"route": {"code": "IM", "arms": ["L", "R"]}}, "AD5": {"route": {"code": "IM", "arms": ["L", "R"]}}},
    "questions": {PROGRAMME: [{"code": c, "effect": e, "risk": False} for c, e in EFFECTS.items()]},
    "consents": {PROGRAMME: [{"version": "1", "language": language, "guardian_below": 18} for language in ("zh-hans", "en")]},
    "risks": sorted(tables.risks()),
    "limits": {code: tables.limit(code, DAY) for code in ("FEVER", "CELSIUS_LOWEST", "CELSIUS_HIGHEST", "ARRIVE_EARLY")},
    "checks": [{"number": row.number, "code": row.code, "filled_by": row.filled_by} for row in tables.checks()],
}  # fmt: skip
HERE: Json = {
    "visit": VISIT, "person": 7, "campaign": "c", "ticket": 4, "state": "consented", "day": DAY.isoformat(), "screener": 10,
    "outcome": "recommended", "agreed": True, "arrived_at": "2021-04-10T09:30:00+08:00",
}  # fmt: skip
ITEMS: dict[str, Json] = {
    "arrive": {"act": ACT, "occurred_at": AT, "site_id": SITE, "person_id": 7, "campaign": "c", "appointment": SEAT,
               "identity": "document", "second_person_post_id": None},
    "screen": {"act": ACT, "occurred_at": AT, "site_id": SITE, "visit": VISIT, "clinician_post_id": 10, "outcome": "recommended",
               "celsius": 36.5, "findings": [], "recheck_on": None, "answered": ["FEVER", "ALLERGY_COMPONENT"],
               "consent": {"version": "1", "language": "en", "signer": "self", "agreed": True}},
    "consent": {"version": "1", "language": "en", "signer": "self", "agreed": True},
    "dose": {"act": ACT, "occurred_at": AT, "site_id": SITE, "visit": VISIT, "code": CODE, "product": "BIBP", "arm": "L",
             "vaccinator_post_id": 20, "checks": list(CHECKS), "override_reason": ""},
    "vial": {"code": CODE, "product": "BIBP", "occurred_at": AT},
}  # fmt: skip
STEPS = tuple(ITEMS)


@dataclass
class Tried:
    """What a tablet knows, who stands here, and what is tried; `by` is the post whose holder acts."""

    knows: Json
    here: Json
    item: Json
    by: int = 20

    @property
    def person(self) -> Json:
        found: Json = self.knows["persons"][0]
        return found

    @property
    def due(self) -> Json:
        found: Json = self.person["due"][PROGRAMME][0]
        return found

    @property
    def pack(self) -> Json:
        found: Json = self.knows["packs"][0]
        return found

    @property
    def seat(self) -> Json:
        found: Json = self.knows["appointments"][0]
        return found


Change = Callable[[Tried], Any]


def put(part: str, **new: Any) -> Change:
    return lambda tried: getattr(tried, part).update(new)


def due(status: str, **new: Any) -> Change:
    return put("due", status=status, **new)


HITS: tuple[tuple[str, str, Change], ...] = (
    ("arrive", "IDENTITY_UNKNOWN", put("item", identity="face")),
    ("arrive", "SECOND_PERSON_NEEDED", put("item", identity="manual")),
    ("arrive", "SECOND_PERSON_NEEDED", put("item", identity="manual", second_person_post_id=20)),
    ("arrive", "CAMPAIGN_NOT_HERE", put("item", campaign="other")),
    ("arrive", "ALREADY_HERE", lambda tried: tried.knows["visits"].append(tried.here)),
    ("arrive", "SESSION_CLOSED_HERE", put("knows", open=[])),
    ("arrive", "VISIT_APPOINTMENT_UNKNOWN", put("item", appointment=VISIT)),
    ("arrive", "WRONG_DAY", put("seat", starts_at="2021-04-11T10:15:00+08:00")),
    ("arrive", "SEAT_ONLY_HELD", put("seat", state="held")),
    ("arrive", "APPOINTMENT_NOT_OPEN", put("seat", state="fulfilled")),
    ("arrive", "ARRIVED_EARLY", put("seat", starts_at="2021-04-10T15:15:00+08:00")),
    ("arrive", "ALREADY_COMPLETE", due("complete", products=[])),
    ("screen", "CLINICIAN_NOT_CERTIFIED", put("item", clinician_post_id=30)),
    ("screen", "SIGNER_NOT_ON_DUTY", put("item", clinician_post_id=31)),
    ("screen", "FINDING_UNKNOWN", put("item", findings=["HICCUPS"])),
    ("screen", "ANSWERS_MISSING", put("item", answered=["FEVER"])),
    ("screen", "TEMPERATURE_NEEDED", put("item", celsius=None)),
    ("screen", "CONSENT_ANSWER_MISSING", put("item", consent=None)),
    ("screen", "TEMPERATURE_IMPLAUSIBLE", put("item", celsius=30.0)),
    ("screen", "FEVER_MUST_DEFER", put("item", celsius=37.3)),
    ("screen", "FINDING_FORBIDS", put("item", findings=["FEVER"])),
    ("screen", "FINDING_FORBIDS", put("item", findings=["FEVER", "ALLERGY_COMPONENT"])),
    ("screen", "RECHECK_DATE_NEEDED", put("item", outcome="deferred", findings=["FEVER"])),
    ("screen", "RECHECK_DATE_PAST", put("item", outcome="deferred", findings=["FEVER"], recheck_on="2021-04-10")),
    ("screen", "FINDING_NEEDED", put("item", outcome="deferred", recheck_on="2021-04-20")),
    ("screen", "FINDING_NEEDED", put("item", outcome="unsuitable", findings=["LACTATING"])),
    ("consent", "CONSENT_TEXT_NONE", put("knows", consents={})),
    ("consent", "CONSENT_VERSION_UNKNOWN", put("item", version="0")),
    ("consent", "SIGNER_UNKNOWN", put("item", signer="neighbour")),
    ("consent", "GUARDIAN_NEEDED", put("person", birth="2010-05-01")),
    ("dose", "SCREENING_MISSING", put("here", outcome=None, screener=None)),
    ("dose", "SCREENING_FORBIDS", put("here", outcome="deferred")),
    ("dose", "CONSENT_MISSING", put("here", agreed=None)),
    ("dose", "CONSENT_MISSING", put("here", agreed=False)),
    ("dose", "CHECKS_MISSING", put("item", checks=list(CHECKS[2:]))),
    ("dose", "FOUR_EYES", put("item", vaccinator_post_id=10)),
    ("dose", "FOUR_EYES", put("item", vaccinator_post_id=21)),
    ("dose", "SIGNER_NOT_ON_DUTY", put("item", vaccinator_post_id=31)),
    ("dose", "SIGNER_NOT_ON_DUTY", put("item", vaccinator_post_id=99)),
    ("dose", "VACCINATOR_NOT_CERTIFIED", put("item", vaccinator_post_id=30)),
    ("dose", "VACCINATOR_NOT_CERTIFIED", lambda t: t.knows["signers"][1].update(certified={PROGRAMME: "2021-04-09"})),
    ("dose", "BODY_SITE_UNKNOWN", put("item", arm="X")),
    ("dose", "WRONG_PRODUCT_FOR_PERSON", put("item", product="AD5")),
    ("dose", "NO_DUE_ANSWER", put("person", due={})),
    ("dose", "TOO_EARLY", due("not_yet", earliest="2021-04-15", rank=2)),
    ("dose", "DEFERRED_UNTIL", due("deferred", earliest="2021-04-20")),
    ("dose", "ALREADY_COMPLETE", due("complete", products=[])),
    ("dose", "CONTRAINDICATED", due("contraindicated", products=[])),
    ("dose", "NOT_ELIGIBLE", due("ineligible", products=[])),
    ("dose", "HISTORY_NEEDS_REVIEW", due("review", products=[])),
    ("dose", "PRODUCT_SWITCH_NEEDS_REASON", due("due", given=1, rank=2, last="SVAC", products=["SVAC", "BIBP"])),
    ("dose", "WRONG_DAY", put("here", day="2021-04-09")),
    ("dose", "SESSION_CLOSED_HERE", put("knows", open=[])),
    ("vial", "CODE_NOT_ON_TABLET", put("item", code="8" * 20)),
    ("vial", "SHIPMENT_NOT_ACCEPTED", put("pack", state="in_transit")),
    ("vial", "WRONG_PRODUCT", put("item", product="AD5")),
    ("vial", "CODE_USED_UP", put("pack", left=0)),
    ("vial", "CUSTODY_GAP", put("pack", gap=True, state="quarantined")),
    ("vial", "LOT_RECALLED", put("pack", lot_state="recalled")),
    ("vial", "LOT_QUARANTINED", put("pack", state="quarantined")),
    ("vial", "LOT_QUARANTINED", put("pack", lot_state="quarantined")),
    ("vial", "LOT_EXPIRED", put("pack", expires="2021-04-09")),
    ("vial", "DILUENT_MISSING", put("pack", needs_diluent=True)),
    ("vial", "VVM_NOT_READ", put("pack", last_vvm=2)),
    ("vial", "VVM_REACHED", put("pack", last_vvm=2, vvm=3)),
    ("vial", "RECONSTITUTED_TOO_LONG", put("pack", needs_diluent=True, diluent="D1", open_until="2021-04-10T09:59:00+08:00")),
    ("vial", "OPENED_TOO_LONG", put("pack", open_until="2021-04-10T09:59:00+08:00")),
)  # fmt: skip
NOT_KNOWN_THERE = {
    "SITE_DAY_CLOSED": "a closed day is known to the server alone; the act becomes a conflict",
    "CODE_NOT_HERE": "a tablet knows the packs of its own site",
    "WRONG_SITE": "a tablet knows the appointments of its own site",
    "LOOK_UP_FIRST": "the bundle was the look, and is on record",
    "PERSON_NOT_ON_ROLL": "who has no record is registered by the same encounter",
    "NOT_A_VACCINE": "a tablet knows the packs of vaccine alone; any other code is none of its site",
    "HISTORY_UNKNOWN": "asked on the tablet alone, of who has no record",
}
"""Interlocks of which no case can be made, with the reason."""


def cases() -> Iterator[Json]:
    """All of them: name, step, by, at, knows, here, item, broken."""
    for step in STEPS:
        yield _case(step, "all is well", lambda _: None)
    for n, (step, code, change) in enumerate(HITS):
        yield _case(step, f"{n} {code}", change)


def _case(step: str, name: str, change: Change) -> Json:
    tried = Tried(deepcopy(KNOWS), deepcopy(HERE), deepcopy(ITEMS[step]))
    change(tried)
    said = [{"code": r.code, "params": dict(r.params)} for r in JUDGES[step](tried)]
    return {"name": name, "step": step, "by": tried.by, "at": AT, "knows": tried.knows | {"interlocks": table()},
            "here": tried.here, "item": tried.item, "broken": said}  # fmt: skip


def table() -> list[Json]:
    """The interlocks as a bundle carries them."""
    return [row.plain() for row in (*tables.interlocks(), *supply_tables.interlocks())]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)


def _signer(tried: Tried, post: int) -> Json:
    return next((s for s in tried.knows["signers"] if s["post"] == post), {"account": 0, "may": [], "certified": {}})


def _certified(tried: Tried, post: int) -> bool:
    return bool(_signer(tried, post)["certified"].get(PROGRAMME, "") >= DAY.isoformat())


def _due(tried: Tried) -> DueRow | None:
    rows = tried.person["due"].get(PROGRAMME)
    if not rows:
        return None
    (row,) = rows
    earliest = date.fromisoformat(row["earliest"]) if row["earliest"] else None
    return DueRow(7, PROGRAMME, DueStatus(row["status"]), row["rank"], earliest, None, None, None, tuple(row["products"]),
                  row["reason"], row["rule"], row["release"], row["given"], None)  # fmt: skip


def _arrive(tried: Tried) -> Iterator[Refusal]:
    item = Arrival(
        **tried.item
        | {"act": UUID(tried.item["act"]), "occurred_at": _moment(AT), "appointment": UUID(tried.item["appointment"])}
    )
    door = object.__new__(arrival._Door)
    door.w = type("W", (), {"actor": type("A", (), {"post_id": tried.by})})()  # type: ignore[assignment]
    door.days, door.closed, door.unseen = {item.act: DAY}, set(), set()
    door.programme = {item.campaign: PROGRAMME if item.campaign == "c" else None}
    door.births = {7: date(1980, 5, 1)}
    found = _due(tried)
    door.due = {(PROGRAMME, 7, DAY): found} if found else {}
    door.sessions = {(SITE, date.fromisoformat(day)) for day in tried.knows["open"]}
    door.here = {v["person"]: (v["ticket"], SITE) for v in tried.knows["visits"]}
    seat = tried.seat
    row = AppointmentRow(
        7, UUID(seat["id"]), "c", SITE, _moment(seat["starts_at"]), AppointmentState(seat["state"]), 1, False
    )
    door.appointments = {(7, row.appointment): row}
    yield from interlocks.broken(RULES["arrive"], door._facts(item), door._values(item))
    if (refusal := judge.not_due(found, PROGRAMME)) is not None:
        yield refusal


def _screen(tried: Tried) -> Iterator[Refusal]:
    given = tried.item["consent"]
    recheck = tried.item["recheck_on"]
    item = ScreeningRecord(**tried.item | {
        "act": UUID(ACT), "occurred_at": _moment(AT), "visit": UUID(VISIT), "outcome": ScreeningOutcome(tried.item["outcome"]),
        "findings": tuple(tried.item["findings"]), "answered": frozenset(tried.item["answered"]),
        "recheck_on": date.fromisoformat(recheck) if recheck else None, "consent": ConsentGiven(**given) if given else None,
    })  # fmt: skip
    missing = [code for code in tried.person["ask"][PROGRAMME] if code not in tried.item["answered"]]
    post = item.clinician_post_id
    on_duty = "screening_record" in _signer(tried, post)["may"]
    case = InquiryCase(item, DAY, PROGRAMME, EFFECTS, _certified(tried, post), on_duty, missing)
    return interlocks.broken(RULES["screen"], case.facts(), case.values())


def _consent(tried: Tried) -> Iterator[Refusal]:
    rows = tried.knows["consents"].get(PROGRAMME, [])
    texts = [
        tables.ConsentVersion(r["version"], PROGRAMME, r["language"], DAY, None, r["guardian_below"], "", "")
        for r in rows
    ]
    age = age_on(date.fromisoformat(tried.person["birth"]), DAY)
    given = ConsentGiven(**tried.item)
    told = consent.facts(given, age, texts)
    return interlocks.broken(RULES["consent"], told, consent._values(given, PROGRAMME, age, texts))


def _dose(tried: Tried) -> Iterator[Refusal]:
    here, item = tried.here, tried.item
    give = DoseGive(
        **item
        | {"act": UUID(ACT), "occurred_at": _moment(AT), "visit": UUID(VISIT), "checks": frozenset(item["checks"])}
    )
    post, screener = give.vaccinator_post_id, here["screener"]
    row = tried.person["due"].get(PROGRAMME, [{"last": None}])[0]
    case = judge.DoseCase(
        item=give,
        held=LockedVisit(SITE, UUID(VISIT), 7, "c", PROGRAMME, UUID(SEAT), date.fromisoformat(here["day"]), VisitState.CONSENTED, 1,
                         date(1980, 5, 1), _moment(here["arrived_at"]), 4),
        found=EarlierSteps(screener, here["outcome"], (), here["agreed"]),
        due=_due(tried),
        on_duty="dose_give" in _signer(tried, post)["may"],
        certified=_certified(tried, post),
        session_open=DAY.isoformat() in tried.knows["open"],
        day=DAY,
        arms=tuple(tried.knows["products"][give.product]["route"]["arms"]),
        observed="",
        last_product=row["last"],
        same_account=screener is not None and _signer(tried, post)["account"] == _signer(tried, screener)["account"],
    )  # fmt: skip
    return judge.broken_rules(case)


def _vial(tried: Tried) -> Iterator[Refusal]:
    item = tried.item
    use = DoseUse(act=UUID(ACT), occurred_at=_moment(AT), place_id=SITE, code=item["code"], product=item["product"])
    k = next((p for p in tried.knows["packs"] if item["code"] in p["codes"]), None)
    if k is None:
        yield from interlocks.broken(supply_tables.interlocks(), {"pack": "unknown"}, {"code": item["code"]})
        return
    pack = usable.Open(
        k["code"], k["lot"], k["product"], date.fromisoformat(k["expires"]), SITE, k["state"], k["doses"], k["left"],
        _moment(k["open_until"]) if k["open_until"] else None, "", k["lot_state"], k["gap"], k["vvm"], k["diluent"], "", "vaccine",
    )  # fmt: skip
    rule = supply_tables.Vial(k["minutes"], k["needs_diluent"], k["last_vvm"])
    told = usable.facts(pack, use) | usable._as_opened(pack, rule, use.occurred_at)
    yield from interlocks.broken(supply_tables.interlocks(), told, usable._values(pack, use, rule))


JUDGES: dict[str, Callable[[Tried], Iterator[Refusal]]] = {
    "arrive": _arrive, "screen": _screen, "consent": _consent, "dose": _dose, "vial": _vial,
}  # fmt: skip
