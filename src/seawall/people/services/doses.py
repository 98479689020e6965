"""The one dose history, for all sources: lines are added, never changed; what is due is told in the same transaction."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner, Precision
from seawall.terms.people import ConditionRecord, DoseRecord

from .. import events
from ..frames import append
from ..identity import home, known_country
from ..judging import Judged, kept, products
from ..models import Condition, DoseEvent
from ..reach import LIVES_HERE, visible
from . import due

# Those asked for are locked first: whoever is being merged at this moment is read as merged.
LOAD = """
WITH asked AS MATERIALIZED (
    SELECT id, merged_into FROM people_person WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
SELECT i.id, r.id, r.birth, r.birth_precision FROM asked i JOIN people_person r ON r.id = COALESCE(i.merged_into, i.id)
ORDER BY r.id FOR NO KEY UPDATE OF r
"""
HISTORY = f"""
SELECT m.root, d.person_id, d.act, d.programme, d.given_on, d.precision
FROM ({due.MEMBERS}) m JOIN people_doseevent d ON d.person_id = m.member WHERE {due.IN_FORCE}
"""
COLUMNS = (
    *("person_id", "act", "programme", "given_on", "precision", "product", "lot", "source", "evidence", "place_id"),
    *("country", "corrects", "withdrawn", "occurred_at", "recorded_at"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """The person behind an id; an alias has another root."""

    root: int
    birth: date
    precision: Precision


@verb(
    Owner.PERSON,
    zh="登记接种史",
    en="Record doses of a history",
    judged_by_room=LIVES_HERE,
    tells=(events.RECORD_CORRECTED,),
)
def dose_record(w: Work, items: list[DoseRecord]) -> Answers:
    """Add lines to dose histories. The answer holds verdict, dose_rank, dose_number, and what is due then."""
    return _record(w, items)


@verb(
    Owner.PERSON,
    zh="更正接种记录",
    en="Correct doses",
    judged_by_room=LIVES_HERE,
    tells=(events.RECORD_CORRECTED,),
    destroys=True,
)
def dose_correct(w: Work, items: list[DoseRecord]) -> Answers:
    """Lines that replace or take back others, for posts that may correct but not add."""
    plain: dict[UUID, Refusal | Params] = {
        i.act: Refusal("DOSE_TO_CORRECT_UNKNOWN", {"act": None}) for i in items if not i.corrects
    }
    return plain | _record(w, [i for i in items if i.corrects])


def _known(person_ids: Sequence[int]) -> dict[int, Known]:
    """The persons, locked until the transaction ends, in order of their ids."""
    rows = sql.fetch(LOAD, [sorted(set(person_ids))])
    return {asked: Known(root, birth, Precision(precision)) for asked, root, birth, precision in rows}


class _Histories:
    """Lines in force of the batch's persons, growing as the batch is read."""

    def __init__(self, roots: Sequence[int]) -> None:
        rows = sql.fetch(HISTORY, {"ids": list(roots)})
        self.keys: dict[tuple[int, UUID], int] = {(root, act): person for root, person, act, *_ in rows}
        self.days = {(root, name, on): act for root, _, act, name, on, kept in rows if kept == Precision.DAY}

    def add(self, root: int, item: DoseRecord) -> None:
        if item.corrects:
            self.keys.pop((root, item.corrects), None)
            self.days = self.days if not item.corrects else self._without(item.corrects)
        if not item.withdrawn:
            self.keys[root, item.act] = root
            if item.precision == Precision.DAY:
                self.days[root, item.programme, item.given_on] = item.act

    def _without(self, act: UUID) -> dict[tuple[int, str, date], UUID]:
        return {key: line for key, line in self.days.items() if line != act}


def _record(w: Work, fresh: list[DoseRecord]) -> Answers:
    known = _known([i.person_id for i in fresh])
    seen = _reached(w.actor, fresh)
    histories = _Histories(sorted({k.root for k in known.values()}))
    codes = products()
    answers: Answers = {}
    accepted: list[DoseRecord] = []
    corrected: list[tuple[int, object]] = []
    for item in fresh:
        refusal = _refusal(item, known, seen, histories, codes)
        if refusal:
            answers[item.act] = refusal
            continue
        root = known[item.person_id].root
        if item.corrects:
            corrected.append((histories.keys[root, item.corrects], item.corrects))
            w.announce(events.RECORD_CORRECTED, "person", root, item, {"what": "dose"})
        histories.add(root, item)
        accepted.append(item)
    append(DoseEvent, COLUMNS, [_line(w, known[i.person_id].root, i) for i in accepted])
    due.forget_verdicts(corrected)
    judged = _judge(accepted, known, {*kept(), *(i.programme for i in accepted)})
    return answers | _answers(accepted, known, judged)


def _judge(
    accepted: Sequence[DoseRecord | ConditionRecord], known: dict[int, Known], names: Iterable[str]
) -> dict[str, Judged]:
    if not accepted:
        return {}
    as_of = clock.civil_day(max(i.occurred_at for i in accepted))
    return due.refresh(sorted({known[i.person_id].root for i in accepted}), as_of=as_of, names=sorted(names))


def _reached(actor: Actor, fresh: Sequence[DoseRecord | ConditionRecord]) -> frozenset[int]:
    """Persons of the actor's areas, and whoever stands at one of the actor's own sites."""
    own = {i.person_id for i in fresh if getattr(i, "place_id", None) in actor.reach.sites}
    return visible(actor, [i.person_id for i in fresh]) | own


def _refusal(
    item: DoseRecord,
    known: dict[int, Known],
    seen: frozenset[int],
    histories: _Histories,
    codes: dict[str, frozenset[str]],
) -> Refusal | None:
    person = known.get(item.person_id)
    if person is None or item.person_id not in seen:
        return Refusal("PERSON_NOT_IN_REACH", {"person_id": item.person_id})
    if item.programme not in codes:
        return Refusal("PROGRAMME_UNKNOWN", {"programme": item.programme})
    if item.product is not None and item.product not in codes[item.programme]:
        expected = ", ".join(sorted(codes[item.programme]))
        named = {"product": item.product, "programme": item.programme, "expected": expected}
        return Refusal("PRODUCT_NOT_OF_PROGRAMME", named)
    if not known_country(home(item.country)):
        return Refusal("COUNTRY_UNKNOWN", {"country": item.country})
    if item.corrects and (person.root, item.corrects) not in histories.keys:
        return Refusal("DOSE_TO_CORRECT_UNKNOWN", {"act": str(item.corrects)})
    if item.withdrawn and not item.corrects:
        return Refusal("DOSE_TO_CORRECT_UNKNOWN", {"act": None})
    return None if item.withdrawn else _day_refusal(item, person, histories)


def _day_refusal(item: DoseRecord, person: Known, histories: _Histories) -> Refusal | None:
    """Not before birth, not in the future, not twice on one day."""
    on = clock.civil_day(item.occurred_at)
    if latest(item.given_on, item.precision) < person.birth:
        return Refusal("DOSE_BEFORE_BIRTH", {"given_on": item.given_on.isoformat()})
    if item.given_on > on:
        return Refusal("DOSE_IN_FUTURE", {"given_on": item.given_on.isoformat(), "on": on.isoformat()})
    same = histories.days.get((person.root, item.programme, item.given_on))
    if item.precision == Precision.DAY and same not in (None, item.corrects):
        return Refusal("DOSE_SAME_DAY", {"given_on": item.given_on.isoformat(), "act": str(same)})
    return None


def latest(day: date, precision: Precision) -> date:
    """The last day that a date of lesser precision may mean."""
    if precision == Precision.DAY:
        return day
    month = 12 if precision == Precision.YEAR else day.month
    return date(day.year, month, monthrange(day.year, month)[1])


def _line(w: Work, root: int, i: DoseRecord) -> tuple[object, ...]:
    return (root, i.act, i.programme, i.given_on, i.precision, i.product, i.lot, i.source, i.evidence, i.place_id) + (
        home(i.country),
        i.corrects,
        i.withdrawn,
        i.occurred_at,
        w.recorded_at,
    )


def _answers(accepted: list[DoseRecord], known: dict[int, Known], judged: dict[str, Judged]) -> Answers:
    verdicts = {name: j.verdicts_by_act() for name, j in judged.items()}
    dues = {name: j.due_by_person() for name, j in judged.items()}
    answers: Answers = {}
    for item in accepted:
        verdict = verdicts[item.programme].get(str(item.act), {})
        answers[item.act] = {**verdict, **dues[item.programme].get(known[item.person_id].root, {})}
    return answers


@verb(Owner.PERSON, zh="登记健康情况", en="Record conditions", judged_by_room=LIVES_HERE)
def condition_record(w: Work, fresh: list[ConditionRecord]) -> Answers:
    """Add findings that put off, forbid or change doses. The answer holds what is due then."""
    known = _known([i.person_id for i in fresh])
    seen = _reached(w.actor, fresh)
    answers: Answers = {}
    accepted = []
    for item in fresh:
        if item.person_id not in known or item.person_id not in seen:
            answers[item.act] = Refusal("PERSON_NOT_IN_REACH", {"person_id": item.person_id})
        elif item.until is not None and item.until < item.since:
            answers[item.act] = Refusal("CONDITION_DATES", {"since": item.since.isoformat()})
        else:
            accepted.append(item)
    rows = [(known[i.person_id].root, i.act, i.kind, i.since, i.until, w.recorded_at) for i in accepted]
    sql.insert(Condition, ("person_id", "act", "kind", "since", "until", "recorded_at"), rows)
    judged = _judge(accepted, known, due.followed([known[i.person_id].root for i in accepted]))
    dues = {name: j.due_by_person() for name, j in judged.items()}
    for item in accepted:
        root = known[item.person_id].root
        answers[item.act] = {f"{name}.status": table[root]["status"] for name, table in dues.items() if root in table}
    return answers
