"""Between places: doses asked for, packs offered, taken or not, loans settled."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.stock import AskWithdraw, LoanSettle, OfferAnswer, ShipmentSend, StockAsk, StockOffer

from ..models import Ask, Offer
from ..virtual import virtual_places
from .shipments import stock_lend

OPEN, WITHDRAWN, MET = "open", "withdrawn", "met"
OFFERED, DECLINED, GIVEN, LENT, SETTLED = "offered", "declined", "given", "lent", "settled"
LOTS = "SELECT lot, product, doses_per_pack FROM supply_lot WHERE lot = ANY(%s)"
ASKS = "SELECT act, place_id, product, state FROM supply_ask WHERE act = ANY(%s) ORDER BY place_id, act FOR UPDATE"
OFFERS = """
SELECT o.act, o.place_id, o.to_place_id, o.lot, o.product, o.packs, o.doses, o.settle_by, o.returned, o.state, o.ask, a.asked_at
FROM supply_offer o LEFT JOIN supply_ask a ON a.place_id = o.to_place_id AND a.act = o.ask
WHERE o.act = ANY(%s) ORDER BY o.place_id, o.act FOR UPDATE OF o
"""
END_ASK = f"""
UPDATE supply_ask a SET state = u.state FROM {sql.unnest({"act": "uuid", "state": "text"})} WHERE a.act = u.act
"""
ANSWER = f"""
UPDATE supply_offer o SET state = u.state, answered_at = u.at, answered_by = u.by
FROM {sql.unnest({"act": "uuid", "state": "text", "at": "timestamptz", "by": "uuid"})} WHERE o.act = u.act
"""
RETURN = f"""
UPDATE supply_offer o SET returned = u.returned, state = u.state
FROM {sql.unnest({"act": "uuid", "returned": "int", "state": "text"})} WHERE o.act = u.act
"""


def _uuids(texts: Collection[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return sorted(set(found))


def _lending(actor: Actor) -> Actor:
    """Whoever answers an offer takes packs out of the other place: its keeper agreed by offering them."""
    return replace(actor, reach=Reach(everywhere=True))


@verb(Owner.PLACE, zh="请求调剂", en="Ask for doses")
def stock_ask(w: Work, items: list[StockAsk]) -> Answers:
    """Say what a place needs, and by when; others see it and may offer."""
    products = {p.code for p in reference.goods(clock.civil_day(w.recorded_at))}
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        if item.product not in products:
            answers[item.act] = Refusal("PRODUCT_UNKNOWN", {"product": item.product})
        elif item.doses < 1:
            answers[item.act] = Refusal("NOTHING_ASKED")
        else:
            answers[item.act] = {"ask": str(item.act), "doses": item.doses}
    columns = ("place_id", "act", "product", "doses", "needed_on", "note", "state", "asked_at")
    rows = [
        (i.place_id, i.act, i.product, i.doses, i.needed_on, i.note, OPEN, i.occurred_at)
        for i in items
        if not isinstance(answers[i.act], Refusal)
    ]
    sql.insert(Ask, columns, rows)
    return answers


@verb(Owner.PLACE, zh="撤回请求", en="Withdraw what was asked for", grants=("stock_ask",))
def ask_withdraw(w: Work, items: list[AskWithdraw]) -> Answers:
    """What was asked for is needed no longer; what is under way comes all the same."""
    known = {str(row[0]): row for row in sql.fetch(ASKS, [_uuids({i.ask for i in items})])}
    answers: dict[UUID, Refusal | Params] = {}
    ended: dict[UUID, str] = {}
    for item in items:
        ask = known.get(item.ask)
        if ask is None or ask[1] != item.place_id:
            answers[item.act] = Refusal("ASK_UNKNOWN")
        elif ask[3] != OPEN or ask[0] in ended:
            answers[item.act] = Refusal("ASK_ENDED")
        else:
            ended[ask[0]] = WITHDRAWN
            answers[item.act] = {"ask": item.ask}
    sql.execute(END_ASK, sql.turn(sorted(ended.items()), 2))
    return answers


@verb(Owner.PLACE, zh="提供疫苗", en="Offer packs", key="from_place_id")
def stock_offer(w: Work, items: list[StockOffer]) -> Answers:
    """Offer whole packs to another place, for good or as a loan; nothing moves until that place accepts."""
    lots = {lot: (product, size) for lot, product, size in sql.fetch(LOTS, [sorted({i.lot for i in items})])}
    asks = {str(row[0]): row for row in sql.fetch(ASKS, [_uuids({i.ask for i in items})])}
    real = {p.place_id for p in reference.places(place_ids={i.to_place_id for i in items})} - {
        *virtual_places().values()
    }
    answers: dict[UUID, Refusal | Params] = {}
    rows = []
    for item in items:
        ask = asks.get(item.ask)
        if item.lot not in lots:
            answers[item.act] = Refusal("LOT_UNKNOWN", {"lot": item.lot})
        elif item.to_place_id not in real or item.to_place_id == item.from_place_id:
            answers[item.act] = Refusal("PLACE_HOLDS_NO_STOCK", {"place_id": item.to_place_id})
        elif item.packs < 1:
            answers[item.act] = Refusal("NOTHING_TO_SEND", {"lot": item.lot})
        elif item.settle_by and item.settle_by <= clock.civil_day(item.occurred_at):
            answers[item.act] = Refusal("SETTLED_BEFORE_LENT")
        elif item.ask and (ask is None or ask[1] != item.to_place_id or ask[2] != lots[item.lot][0]):
            answers[item.act] = Refusal("ASK_UNKNOWN")
        elif ask and ask[3] != OPEN:
            answers[item.act] = Refusal("ASK_ENDED")
        else:
            product, size = lots[item.lot]
            rows.append((item.from_place_id, item.act, item.to_place_id, ask and ask[0], item.lot, product, item.packs)
                        + (item.packs * size, item.settle_by, 0, OFFERED, item.occurred_at))  # fmt: skip
            answers[item.act] = {"offer": str(item.act), "doses": item.packs * size}
    columns = (
        "place_id",
        "act",
        "to_place_id",
        "ask",
        "lot",
        "product",
        "packs",
        "doses",
        "settle_by",
        "returned",
        "state",
    )
    sql.insert(Offer, (*columns, "offered_at"), rows)
    return answers


@verb(Owner.PLACE, zh="答复提供", en="Answer offers")
def offer_answer(w: Work, items: list[OfferAnswer]) -> Answers:
    """Take the packs or not; what is taken leaves the other place at once under this act, and is taken in as every shipment is."""
    known = {str(row[0]): row for row in sql.fetch(OFFERS, [_uuids({i.offer for i in items})])}
    answers: dict[UUID, Refusal | Params] = {}
    taken: dict[UUID, tuple[OfferAnswer, ShipmentSend]] = {}
    said: dict[UUID, tuple[str, OfferAnswer]] = {}
    for item in items:
        offer = known.get(item.offer)
        if offer is None or offer[2] != item.place_id:
            answers[item.act] = Refusal("OFFER_UNKNOWN")
        elif offer[9] != OFFERED or offer[0] in said or offer[0] in taken:
            answers[item.act] = Refusal("OFFER_ANSWERED")
        elif item.accepted:
            leg = _leg(item, item.act, offer[1], offer[2], offer[3], offer[5])
            taken[offer[0]] = (item, replace(leg, ordered_at=min(offer[11] or item.occurred_at, item.occurred_at)))
        else:
            said[offer[0]] = (DECLINED, item)
            answers[item.act] = {"offer": item.offer, "accepted": False}
    met: dict[UUID, str] = {}
    for (act, (item, _)), outcome in zip(
        taken.items(), stock_lend(_lending(w.actor), [leg for _, leg in taken.values()]), strict=True
    ):
        offer = known[item.offer]
        answers[item.act] = outcome.refusal or {"offer": item.offer, "accepted": True, "doses": offer[6]}
        if outcome.done:
            said[act] = (LENT if offer[7] else GIVEN, item)
            met |= {offer[10]: MET} if offer[10] else {}
    rows = [(act, state, item.occurred_at, item.act) for act, (state, item) in sorted(said.items())]
    sql.execute(ANSWER, sql.turn(rows, 4))
    sql.execute(END_ASK, sql.turn(sorted(met.items()), 2))
    return answers


def _leg(item: OfferAnswer | LoanSettle, act: UUID, start: int, end: int, lot: str, packs: int) -> ShipmentSend:
    return ShipmentSend(
        act=act,
        occurred_at=item.occurred_at,
        dated_here=item.dated_here,
        from_place_id=start,
        to_place_id=end,
        lot=lot,
        packs=packs,
        expected_on=clock.civil_day(item.occurred_at) + timedelta(days=1),
        order="LOAN",
    )


@verb(Owner.PLACE, zh="归还借苗", en="Settle loans", grants=("offer_answer",))
def loan_settle(w: Work, items: list[LoanSettle]) -> Answers:
    """Doses of the product go back to the lender, of any lot; the loan is settled when as many went back as were lent."""
    known = {str(row[0]): row for row in sql.fetch(OFFERS, [_uuids({i.offer for i in items})])}
    lots = {lot: (product, size) for lot, product, size in sql.fetch(LOTS, [sorted({i.lot for i in items})])}
    answers: dict[UUID, Refusal | Params] = {}
    legs: list[tuple[LoanSettle, ShipmentSend]] = []
    for item in items:
        offer = known.get(item.offer)
        if offer is None or offer[2] != item.place_id or offer[9] not in (LENT, SETTLED):
            answers[item.act] = Refusal("OFFER_UNKNOWN")
        elif offer[9] == SETTLED:
            answers[item.act] = Refusal("LOAN_SETTLED")
        elif lots.get(item.lot, ("", 0))[0] != offer[4]:
            answers[item.act] = Refusal("LOAN_OTHER_PRODUCT", {"product": offer[4], "lot": item.lot})
        else:
            legs.append((item, _leg(item, uuid5(item.act, "lend"), offer[2], offer[1], item.lot, item.packs)))
    returned: Counter[UUID] = Counter({row[0]: row[8] for row in known.values()})
    changed = set()
    for (item, leg), outcome in zip(legs, stock_lend(w.actor, [leg for _, leg in legs]), strict=True):
        offer = known[item.offer]
        if outcome.done:
            returned[offer[0]] += leg.packs * lots[item.lot][1]
            changed.add(offer[0])
        answers[item.act] = outcome.refusal or {"offer": item.offer, "owed": max(0, offer[6] - returned[offer[0]])}
    of = {row[0]: row for row in known.values()}
    rows = [(act, returned[act], SETTLED if returned[act] >= of[act][6] else LENT) for act in sorted(changed)]
    sql.execute(RETURN, sql.turn(rows, 3))
    return answers
