"""Doses kept for later doses: renewed each evening."""

from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.stock import DosesReserve

from ..models import Reserve


@verb(Owner.PLACE, zh="预留后续剂次", en="Reserve later doses", grants=("evening",), inside=True)
def doses_reserve(w: Work, items: list[DosesReserve]) -> Answers:
    """Keep doses on hand for later doses; what was kept of the product at the place before is free again."""
    good = {(i.place_id, i.product): i for i in items if i.doses >= 0}
    rows = [(*key, i.doses, i.until) for key, i in sorted(good.items())]
    kept = "(place_id, product) DO UPDATE SET doses = excluded.doses, until = excluded.until"
    sql.insert(Reserve, ("place_id", "product", "doses", "until"), rows, on_conflict=kept)
    answers: dict[UUID, Refusal | Params] = {
        i.act: {"doses": i.doses} if i.doses >= 0 else Refusal("RESERVE_BELOW_ZERO", {"product": i.product})
        for i in items
    }
    return answers
