"""The day bundle as tablets read it: what the clinic found, with every text in every language of the city."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import translation

from seawall.clinic import selectors as clinic
from seawall.clinic.boards.day_bundle import DayBundle, Expected
from seawall.interfaces import words
from seawall.platform import clock
from seawall.platform.selectors import nature
from seawall.reference import selectors as reference
from seawall.terms import counting
from seawall.terms.actor import EN, ZH
from seawall.terms.names import Name

from . import seals

Json = dict[str, Any]
ALSO_SAID = (
    "VISIT_UNKNOWN", "VISIT_NOT_READY", "STEP_BEFORE_ARRIVAL", "DOSE_GIVEN_TODAY", "LEAVING_REASON_UNKNOWN", "NOT_GIVEN_REASON_UNKNOWN",
    "TOO_LATE_TO_REVERSE", "OBSERVATION_HELD", "STAY_UNTIL", "SECOND_PERSON_NEEDED", "BAD_TRACE_CODE", "CODE_LENGTH", "CODE_UNKNOWN",
    "CODE_IS_PRODUCT", "CODE_IS_LOT", "CODE_IS_CARTON", "NOBODY_FOUND", "NOBODY_TO_SIGN",
)  # fmt: skip
"""Reasons besides those of the interlocks that a tablet may have to say."""
LIMITS = ("FEVER", "CELSIUS_LOWEST", "CELSIUS_HIGHEST", "ARRIVE_EARLY", "ARRIVE_LATE", "REVERSE_WITHIN")


def texts(say: Callable[[], str]) -> dict[str, str]:
    """A text in each language of the city."""
    said = {}
    for language in words.offered():
        with translation.override(language):
            said[language] = say()
    return said


def named(row: Any) -> dict[str, str]:
    """The name of a row that has it in Chinese and English, in each language of the city."""
    return texts(lambda: words.either(row.zh, row.en))


def written(found: DayBundle, tablet: UUID) -> Json:
    """JSON of a bundle; days and moments as ISO 8601, keys and hashes as base64url."""
    on = found.days[0]
    codes = list(
        dict.fromkeys(
            [row.code for row in clinic.every_interlock()] + [c for c in ALSO_SAID if c in reference.registry()]
        )
    )
    return {
        "version": 1, "tablet": str(tablet), "made_at": found.made_at.isoformat(), "until": found.until.isoformat(),
        "zone": str(clock.zone()), "languages": list(words.offered()), "synthetic": nature().synthetic,
        "key": seals.base64url(seals.kept_key(found.site, tablet)), "salt": seals.base64url(seals.salt(found.site)),
        "site": {"id": found.site, "name": named(found.name), "leaf": found.leaf},
        "days": [_plain(day) for day in found.days], "open": [_plain(day) for day in found.open],
        "signers": [
            {"post": s.post, "account": s.account, "name": s.name, "duty": words.pick(s.duty), "may": list(s.may),
             "certified": {k: _plain(v) for k, v in s.certified.items()}}
            for s in found.on_duty
        ],
        "campaigns": [{"code": c.code, "programme": c.programme, "name": named(c.name)} for c in found.serves],
        "persons": [_person(row) for row in found.persons],
        "appointments": [
            {"id": str(a.appointment), "person": a.person_id, "campaign": a.campaign, "starts_at": _plain(a.starts_at),
             "state": a.state.value, "rank": a.dose_rank}
            for a in found.appointments
        ],
        "visits": [
            {"visit": str(v.visit), "person": v.person_id, "campaign": v.campaign, "ticket": v.ticket, "state": v.state.value,
             "day": _plain(v.day), "arrived_at": _plain(v.arrived_at), "screener": v.screener, "outcome": v.outcome,
             "findings": list(v.findings), "agreed": v.agreed, "given_at": _plain(v.given_at), "until": _plain(v.until), "held": v.held}
            for v in found.inside
        ],
        "packs": [
            {"code": p.code, "codes": [p.code], "product": p.product, "lot": p.lot, "expires": _plain(p.expires), "state": p.state,
             "lot_state": p.lot_state, "doses": p.doses, "left": p.left, "open_until": _plain(p.open_until), "gap": p.gap, "vvm": p.vvm,
             "diluent": p.diluent, "minutes": p.minutes, "needs_diluent": p.needs_diluent, "last_vvm": p.last_vvm}
            for p in found.packs
        ],
        "products": {
            code: {"name": named(p.name), "volume_ml": p.volume_ml, "platform": p.platform, "series": p.series,
                   "route": {"code": p.route.code, "arms": list(p.route.arms), "name": named(p.route)}}
            for code, p in found.products.items()
        },
        "questions": {
            name: [{"code": q.code, "text": named(q.text), "effect": q.effect, "risk": q.risk} for q in p.questions]
            for name, p in found.programmes.items()
        },
        "consents": {
            name: [{"version": c.version, "language": c.language, "text": named(c), "guardian_below": c.guardian_below} for c in p.consents]
            for name, p in found.programmes.items()
        },
        "observation": {
            name: [{"product": product, "risk": risk, "minutes": minutes} for product, risk, minutes in p.observation]
            for name, p in found.programmes.items()
        },
        "risks": sorted(clinic.risks()), "limits": {code: clinic.limit(code, on) for code in LIMITS},
        "checks": [
            {"number": c.number, "code": c.code, "group": c.group, "text": named(c), "filled_by": c.filled_by} for c in clinic.checks()
        ],
        "without_dose": _choices(clinic.without_dose().values()), "not_given": _choices(clinic.not_given().values()),
        "leavings": [c | {"outcome": row.outcome} for c, row in zip(_choices(clinic.leavings().values()), clinic.leavings().values(),
                                                                   strict=True)],
        "documents": [{"kind": code, "text": named(row)} for code, row in reference.document_kinds().items()],
        "interlocks": [row.plain() for row in clinic.every_interlock()],
        "reasons": {code: _reason(code) for code in codes},
        "kinds": _kinds(codes), "called": _called(found), "counts": counting.forms(), "verbs_from": counting.verbs_from(),
    }  # fmt: skip


def _person(row: Expected) -> Json:
    p = row.person
    return {
        "id": p.person_id, "name": p.name, "sex": int(p.sex), "birth": _plain(p.birth), "document": p.document,
        "keys": [seals.base64url(key) for key in row.keys], "ask": {k: list(v) for k, v in row.ask.items()},
        "due": {
            name: [
                {"from": _plain(d.since), "status": d.row.status.value, "rank": d.row.dose_rank, "given": d.row.doses_given,
                 "products": list(d.row.products), "earliest": _plain(d.row.earliest), "reason": d.row.reason, "rule": d.row.rule,
                 "release": d.row.release, "last": d.last}
                for d in answers
            ]
            for name, answers in row.due.items()
        },
        "doses": {name: [{"on": _plain(on), "product": product} for on, product in had] for name, had in row.doses.items()},
        "minor": dict(row.minor),
    }  # fmt: skip


def _choices(rows: Iterable[Any]) -> list[Json]:
    return [{"code": row.code, "text": named(row)} for row in rows]


def _reason(code: str) -> Json:
    row = reference.reason(code)
    rule = {ZH: reference.rule(code, ZH), EN: reference.rule(code, EN)}
    return {
        "severity": row.severity,
        "text": texts(lambda: row.zh if words.language() == ZH else row.en),
        "rule": texts(lambda: rule[words.language()]),
    }


def _kinds(codes: Iterable[str]) -> dict[str, str]:
    """What the parameters of these reasons are: by name, and by code and name where a sentence has its own meaning."""
    found: dict[str, str] = {}
    for code in codes:
        for name in reference.placeholders(reference.reason(code).en):
            found[f"{code}.{name}"] = reference.kind(name, code)
    return found


def _called(found: DayBundle) -> dict[str, dict[str, dict[str, str]]]:
    """Words for values of closed lists, by the kind of parameter."""
    findings = {q.code: named(q.text) for p in found.programmes.values() for q in p.questions}
    return {
        "word": {code: named(Name(*pair)) for code, pair in reference.spoken().items()},
        "check": {row.code: named(row) for row in clinic.checks()},
        "finding": findings,
        "post": {str(s.post): texts(partial(_post, s.name, s.duty)) for s in found.on_duty},
        "place": {str(found.site): named(found.name)},
    }


def _post(name: str, duty: Name) -> str:
    return f"{name}（{duty.zh}）" if words.language() == ZH else f"{name} ({words.pick(duty)})"


def _plain(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None


def told(sentence: Mapping[str, Any]) -> dict[str, str]:
    """A refusal as a sentence in each language of the city."""
    return texts(lambda: words.say(sentence))
