"""The waiting room of an opening day: whoever runs it may let in fewer than the machines could serve, or nobody for now."""

from uuid import UUID

from seawall.platform import turns
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.bookings import LinePace
from seawall.terms.codes import Owner

from .. import tables
from ..models import PaceSet


@verb(Owner.CITY, zh="设定候约放行速度", en="Set how fast the waiting room lets in")
def line_pace(w: Work, items: list[LinePace]) -> Answers:
    """Bound how many of the public are let in a minute, from now until it is set anew; places are kept meanwhile.

    The room never lets in more than can be served, whatever is set.
    """
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        if i.a_minute is not None and i.a_minute < 0:
            answers[i.act] = Refusal("LINE_PACE_BELOW_NOTHING", {"most": i.a_minute})
        elif not i.reason.strip():
            answers[i.act] = Refusal("LINE_PACE_WITHOUT_REASON", {})
        else:
            answers[i.act] = {"a_minute": i.a_minute}
    last = next((i for i in reversed(items) if not isinstance(answers[i.act], Refusal)), None)
    if last is not None:
        most = None if last.a_minute is None else last.a_minute / 60
        turns.limit(tables.LINE, tables.line_rules(), most)
        told = {"a_minute": last.a_minute, "reason": last.reason.strip(), "set_at": w.recorded_at}
        PaceSet.objects.update_or_create(line=tables.LINE, defaults={**told, "set_by": w.actor.post_id})
    return answers
