"""One example item of every verb: made from its fields, with the ids of a small hall, or with plain ones for the manual."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seawall.interfaces import choices, filling
from seawall.interfaces.filling import Way
from seawall.interfaces.items import Field, item_fields
from seawall.platform.verbs import Verb

ID = "6f0c1a5e-0000-4000-8000-00000000000"
DAY = "2021-04-10"


@dataclass(frozen=True, slots=True)
class Ids:
    """What an example names."""

    person: int = 101
    other: int = 102
    site: int = 11
    place: int = 12
    leaf: int = 45
    unit: int = 3
    post: int = 21
    organisation: int = 31
    household: int = 41
    lot: str = "202103B1001"
    code: str = "81234567890000000001"
    more: Mapping[str, Any] = field(default_factory=dict)


PICKED = {
    "person": "person", "guardian": "person", "site": "site", "open_site": "site", "place": "place", "area": "leaf", "unit": "unit",
    "post": "post", "organisation": "organisation", "household": "household", "lot": "lot",
}  # fmt: skip
WORDS = {
    "account": 1, "called": "NOBODY", "campaign": "chongqing-covid19-2021", "check": "NAME", "class": "GENERAL",
    "condition": "FEVER", "consent": "COVID19-2021-1", "contact_result": "AWAY",
    "credential": "VACCINATION_TRAINING", "document": "RESIDENT_ID",
    "door_reason": "QUEUE", "facility": 1, "hesitancy": "SAFETY",
    "homebound_need": "FRAIL", "message_kind": "eve", "message_language": "zh", "message_template": f"{ID}2",
    "notice": f"{ID}2", "question": 1, "question_kind": "question",
    "import": 1, "leaving": "SIGNED", "need": "EMERGENCY_KIT", "organisation_kind": "SCHOOL",
    "policy": "FIRST", "product": "BIBP", "goods": "BIBP", "programme": "covid19-cn", "reaction": "ALLERGY_OTHER", "role": "VACCINATOR",
    "signing_key": "A" * 43, "site_check": "LICENCE", "step": "RECOGNISED", "treatment": "NONE", "waste_reason": "BROKEN",
}  # fmt: skip
NAMED: Mapping[str, Any] = {
    "address": "人民路 1 号", "celsius": 5.0, "closes": "12:00", "country": "CN", "device": "LOGGER-1", "doses": 1, "dose_rank": 1,
    "first_code": "81234567890000000001", "language": "zh-hans", "latitude": 29.56, "longitude": 106.55, "max_celsius": 6.0,
    "min_celsius": 3.0, "name": "李梅", "name_en": "Example", "name_zh": "示例", "number": "50999919900102007X", "opens": "08:00",
    "password": "a long walk through the house", "person": "李梅", "phone": "023-61234567", "ref": "500101", "sector": "EDUCATION",
    "secret": "a-secret-of-a-machine-long-enough-to-keep", "station": 1, "username": "limei", "valid_to": "2021-12-31",
    "until": "2021-12-31", "grade": 2, "kind": "other", "sex": 2, "to": "maker",
}  # fmt: skip
OF_ITEM: Mapping[tuple[str, str], Any] = {
    ("VisitCall", "station"): "screening", ("VisitCall", "desk"): "2",
    ("AlertRaise", "code"): "STOCK_RUNS_OUT", ("OrderIssue", "code"): "ORDER_CHECK_COLD_CHAIN", ("DoorSet", "state"): "slowed",
    ("InvitationSend", "opens"): DAY, ("InvitationSend", "closes"): "2021-04-20", ("InvitationSend", "channel"): "sms",
    ("ReleaseAnnounce", "opens"): DAY, ("ReleaseAnnounce", "closes"): "2021-04-20",
    ("WaitingJoin", "opens"): DAY, ("WaitingJoin", "closes"): "2021-04-20", ("PersonRegister", "birth"): "1990-01-02",
    ("Scope", "kind"): "area", ("SiteOpen", "code"): "S-NEW", ("SitePropose", "code"): "P-NEW", ("SessionPlan", "day"): "2021-04-12",
    ("LotReceive", "expires"): "2022-12-31",
    ("PolicyPropose", "value"): "later_doses_only",
    ("DoseRecord", "given_on"): "2021-01-10", ("PersonRegister", "witness"): "王芳",
    ("ImportStage", "filename"): "roster.csv", ("ImportStage", "content"): "姓名,证件号码\n李梅,50999919900102007X\n",
    ("DeviceRegister", "device"): "FRIDGE-2", ("DeviceRetire", "device"): "FRIDGE-2",
    ("LoggerStage", "layout"): "comma", ("LoggerStage", "filename"): "april.csv",
    ("LoggerStage", "content"): "timestamp,celsius\n2021-04-10T03:00:00,4.5\n", ("Measured", "place"): "T-STORE",
    ("Unreadable", "code"): "READING_UNREADABLE", ("DeviceCalibrate", "calibration_due"): "2022-04-10",
    ("MessageChoiceRecord", "channel"): "sms", ("TemplatePropose", "text"): "明天{time}请到{site}接种。",
    ("MessageLimitSet", "quiet_from"): "21:00",
    ("NoticePropose", "until"): "2021-12-31", ("QuestionAsk", "text"): "接种前要空腹吗？",
    ("QuestionAnswer", "answer"): "不需要空腹。", ("QuestionAnswer", "number"): 1,
    ("PersonMerge", "into_id"): "other", ("CandidateDecide", "other_id"): "other",
}  # fmt: skip


ALSO = {
    "LotReceive": ("expires", "release_certificate", "temperature_record", "max_celsius", "min_celsius"),
    "NoticePropose": ("title_zh", "text_zh"),
    "DoorSet": ("reason",),
    "PersonRegister": ("witness",),
    "OrderIssue": ("unit_id",),
    "ImportStage": ("organisation_id",),
    "ReadingsTake": ("readings",),
}
"""Fields with a default that a sound item of its kind gives."""


def example(verb: "Verb[Any, Any]", ids: Ids = Ids(), act: str = f"{ID}1") -> dict[str, Any]:
    """A whole item as JSON: what must be given, and little that may stay away."""
    kind: Any = verb.item
    also = ALSO.get(kind.__name__, ())
    needed = [f for f in item_fields(kind) if (f.required or f.name in also) and f.name not in ("act", "occurred_at")]
    return {"act": act, **{f.name: _value(kind.__name__, f, ids) for f in needed}}


def _value(item: str, of: Field, ids: Ids) -> Any:
    how = filling.way(of.kind)
    if of.name in ids.more:
        return ids.more[of.name]
    if (item, of.name) in OF_ITEM:
        said = OF_ITEM[item, of.name]
        return ids.other if said == "other" else said
    if how is Way.ROWS:
        inner = filling.part_fields(of.kind)
        name = filling.get_args(filling.core(of.kind))[0].__name__
        return [{f.name: _value(name, f, ids) for f in inner if f.required}]
    if how is Way.CHOICE:
        values = [member.value for member in filling.core(of.kind)]
        return NAMED[of.name] if NAMED.get(of.name) in values else values[0]
    one = _one(of, ids, how)
    return [one] if how is Way.SEVERAL else one


def _one(of: Field, ids: Ids, how: Way) -> Any:
    if of.picks in PICKED:
        return getattr(ids, PICKED[of.picks])
    if of.name == "code":
        return ids.code
    if of.picks in WORDS:
        return WORDS[of.picks]
    if of.picks in choices.lists():
        return next(iter(choices.lists()[of.picks]))
    if of.name in NAMED:
        return NAMED[of.name]
    plain = {Way.DAY: DAY, Way.MOMENT: f"{DAY}T09:00:00+08:00", Way.TIME: "08:00", Way.NUMBER: 1, Way.DECIMAL: 1.0}
    plain |= {Way.YES_NO: True, Way.ID: f"{ID}2", Way.PAIRS: {}}
    return plain.get(how, "1")
