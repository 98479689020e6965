"""日清: people = doses = vials = waste, line by line, or the day stays open."""

from collections import Counter, defaultdict
from datetime import date
from uuid import UUID

from seawall.clinic import asks, events
from seawall.clinic.models import DayClosing, DayClosingLine
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.visits import DayClose

KEYS = {"site_id": "bigint", "day": "date"}
LOCK_DAYS = f"""
INSERT INTO clinic_siteday (site_id, day, tickets, closed)
SELECT u.site_id, u.day, 0, false FROM {sql.unnest(KEYS)} ORDER BY u.site_id, u.day
ON CONFLICT (site_id, day) DO UPDATE SET tickets = clinic_siteday.tickets
RETURNING site_id, day, closed
"""
PEOPLE = f"""
SELECT u.site_id, u.day, count(v.act), count(v.act) FILTER (WHERE v.injected_at IS NOT NULL),
  count(v.act) FILTER (WHERE v.state = 'deferred'), count(v.act) FILTER (WHERE v.state = 'turned_away'),
  count(v.act) FILTER (WHERE v.state = 'gone'),
  count(v.act) FILTER (WHERE v.ended_at IS NULL), min(v.ticket) FILTER (WHERE v.ended_at IS NULL)
FROM {sql.unnest(KEYS)} LEFT JOIN clinic_visit v ON v.site_id = u.site_id AND v.day = u.day
GROUP BY u.site_id, u.day
"""
DOSES = f"""
SELECT i.site_id, i.day, i.lot, i.product, count(*)
FROM clinic_injection i JOIN {sql.unnest(KEYS)} ON i.site_id = u.site_id AND i.day = u.day
GROUP BY i.site_id, i.day, i.lot, i.product
"""
TALLIED = f"""
SELECT t.site_id, t.day, t.lot, t.product, sum(t.doses)::int
FROM clinic_tally t JOIN {sql.unnest(KEYS)} ON t.site_id = u.site_id AND t.day = u.day
WHERE t.withdrawn_by IS NULL AND t.doses > 0 GROUP BY t.site_id, t.day, t.lot, t.product
"""
Key = tuple[int, date]
NO_LOT = ""  # entered afterwards from a pack that stock does not know: an incident, and no line of the ledger


@verb(
    Owner.SITE,
    zh="接种点日清",
    en="Close a site's day",
    tells=(
        events.DAY_CLOSE_DIFFERENCE,
        events.DAY_CLOSED,
    ),
)
def day_close(w: Work, items: list[DayClose]) -> Answers:
    """Close site days; what was tallied without names is told beside what was given.

    An open visit, or a count that differs from the ledger, keeps the day open and is said aloud. What the doses needed of
    syringes and forms is used up with the closing; what the book lacked of them stops nothing.
    """
    books = _Books(items)
    answers: Answers = {}
    closed: list[DayClose] = []
    for item in items:
        refusal = books.refuses(item)
        if refusal is None:
            books.closed.add((item.site_id, item.day))
            closed.append(item)
        else:
            answers[item.act] = refusal
            if refusal.code == "DAY_COUNT_DIFFERS":
                w.announce(
                    events.DAY_CLOSE_DIFFERENCE,
                    "site",
                    item.site_id,
                    item,
                    {"day": item.day.isoformat(), **refusal.params},
                )
    short = _write(w, closed, books)
    for item in closed:
        answers[item.act] = books.answer(item) | {"short": short.get(item.act, 0)}
    return answers


class _Books:
    """The day of each site as the clinic and the ledger know it, read once under the lock of the day."""

    def __init__(self, items: list[DayClose]) -> None:
        keys = sql.turn(sorted({(i.site_id, i.day) for i in items}), 2)
        self.closed: set[Key] = {(site, day) for site, day, closed in sql.fetch(LOCK_DAYS, keys) if closed}
        self.people = {(site, day): numbers for site, day, *numbers in sql.fetch(PEOPLE, keys)}
        self.given: dict[Key, dict[str, int]] = {}
        self.product: dict[str, str] = {}
        self.doses: dict[Key, Counter[str]] = defaultdict(Counter)
        for site, day, lot, product, count in sql.fetch(DOSES, keys):
            self.doses[site, day][product] += count
            self.given.setdefault((site, day), {})[lot] = count
            self.product[lot] = product
        self.tallied: dict[Key, dict[str, int]] = {}
        for site, day, lot, product, count in sql.fetch(TALLIED, keys):
            self.tallied.setdefault((site, day), {})[lot] = count
            self.doses[site, day][product] += count
            self.product[lot] = product
        self.stock, products = asks.stock(i.site_id for i in items)
        self.product.update(products)
        self.moved = asks.moved({(i.site_id, i.day) for i in items})

    def refuses(self, item: DayClose) -> Refusal | None:
        key = item.site_id, item.day
        if item.day > clock.civil_day(item.occurred_at):
            return Refusal("DAY_NOT_COME", {"day": item.day.isoformat()})
        if key in self.closed:
            return Refusal("DAY_ALREADY_CLOSED", {"day": item.day.isoformat()})
        _, injected, _, _, _, still_open, first = self.people[key]
        if still_open:
            return Refusal("VISITS_STILL_OPEN", {"count": still_open, "ticket": first})
        given, moved = self.given.get(key, {}), self.moved[key]
        doses = sum(given.values())
        counted = sum(self.tallied.get(key, {}).values())
        if injected != doses or doses + counted - given.get(NO_LOT, 0) != moved.given:
            return Refusal("PEOPLE_AND_DOSES_DIFFER", {"people": injected, "doses": doses, "ledger": moved.given})
        return self._counted(item)

    def _counted(self, item: DayClose) -> Refusal | None:
        """Every lot in the house is counted by hand; the largest difference is named."""
        book = self.stock.get(item.site_id, {})
        for lot, doses in book.items():
            if doses and lot not in item.counted_doses:
                return Refusal("COUNT_MISSING", {"lot": lot, "booked": doses})
        apart = {
            lot: count - book.get(lot, 0) for lot, count in item.counted_doses.items() if count != book.get(lot, 0)
        }
        if not apart:
            return None
        lot = max(apart, key=lambda name: (abs(apart[name]), name))
        return Refusal(
            "DAY_COUNT_DIFFERS",
            {"lot": lot, "booked": book.get(lot, 0), "counted": item.counted_doses[lot], "difference": apart[lot]},
        )

    def answer(self, item: DayClose) -> dict[str, int]:
        key = item.site_id, item.day
        arrived, injected, deferred, turned_away, gone, _, _ = self.people[key]
        on_hand = sum(self.stock.get(item.site_id, {}).values())
        return {
            "arrived": arrived,
            "deferred": deferred,
            "turned_away": turned_away,
            "gone": gone,
            "given": injected,
            "tallied": sum(self.tallied.get(key, {}).values()),
            "wasted": self.moved[key].wasted,
            "on_hand": on_hand,
        }

    def lines(self, item: DayClose) -> list[tuple[object, ...]]:
        key = item.site_id, item.day
        given = Counter(self.given.get(key, {})) + Counter(self.tallied.get(key, {}))
        book = self.stock.get(item.site_id, {})
        return [
            (
                item.site_id,
                item.day,
                lot,
                self.product.get(lot, ""),
                given.get(lot, 0),
                book.get(lot, 0),
                book.get(lot, 0),
            )
            for lot in sorted(given.keys() | {lot for lot, doses in book.items() if doses})
        ]


def _write(w: Work, closed: list[DayClose], books: _Books) -> dict[UUID, int]:
    """Units of ancillary goods that the books of these days lacked, by act."""
    if not closed:
        return {}
    numbers = {item.act: books.answer(item) for item in closed}
    columns = ("arrived", "deferred", "turned_away", "gone", "given", "tallied", "wasted", "on_hand")
    sql.insert(
        DayClosing,
        ("site_id", "day", "act", *columns, "by_post", "closed_at"),
        [
            (i.site_id, i.day, i.act, *(numbers[i.act][c] for c in columns), w.actor.post_id, i.occurred_at)
            for i in closed
        ],
    )
    lines = [line for item in closed for line in books.lines(item)]
    sql.insert(DayClosingLine, ("site_id", "day", "lot", "product", "given", "on_hand", "counted"), lines)
    sql.execute(
        f"UPDATE clinic_siteday d SET closed = true FROM {sql.unnest(KEYS)} WHERE d.site_id = u.site_id AND d.day = u.day",
        sql.turn([(i.site_id, i.day) for i in closed], 2),
    )
    asks.sessions_close(w, closed)
    for item in closed:
        w.announce(events.DAY_CLOSED, "site", item.site_id, item, {"day": item.day.isoformat(), **numbers[item.act]})
    return asks.goods_consume(w, [(item, books.doses[item.site_id, item.day]) for item in closed])
