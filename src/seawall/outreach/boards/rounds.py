"""Who cannot come, street by street, and which rounds go to them on a day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import SiteKind
from seawall.terms.names import Name
from seawall.terms.people import PersonRow
from seawall.terms.rounds import HomeboundRow, RoundRow, StopRow
from seawall.terms.sites import SiteRow

from .. import selectors, tables
from .calls import reached_leaves

MOST = 40
DAYS = 14  # in which a round may be planned


@dataclass(frozen=True, slots=True)
class HomeboundLine:
    """Somebody who waits for a visit: masked name, street, why, since when."""

    person: PersonRow
    street: Name
    need: Name
    row: HomeboundRow


@dataclass(frozen=True, slots=True)
class StreetWaiting:
    """How many of the people shown wait in a street, and why they cannot come."""

    street: Name
    people: int
    needs: tuple[tuple[Name, int], ...]


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop as the planner sees it: street and number of people."""

    street: Name
    stop: StopRow


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round of the day with its site, store, doses by name, stops, and why people are left out."""

    row: RoundRow
    site: SiteRow
    store: Name
    doses: tuple[tuple[Name, int], ...]
    stops: tuple[PlannedStop, ...]
    left: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RoundsPage:
    """The queue in the reach of the post, the rounds of a day, and what a proposal needs: mobile sites and stores."""

    day: date
    days: tuple[date, ...]
    total: int
    streets: tuple[StreetWaiting, ...]
    waiting: tuple[HomeboundLine, ...]
    rounds: tuple[RoundLine, ...]
    free: tuple[SiteRow, ...]
    stores: tuple[tuple[int, Name], ...]


def rounds_page(actor: Actor, campaign: CampaignRow, day: date | None) -> RoundsPage:
    """`day`: that of the rounds; tomorrow where none is asked for. Every look at a person is recorded."""
    today = clock.today()
    days = tuple(today + timedelta(days=n) for n in range(DAYS))
    day = day if day in days else days[1]
    streets = {a.area_id: Name.of(a) for a in reference.leaves(today)}
    mobile = [row for row in sites.sites(day) if row.kind is SiteKind.MOBILE and access.sees_site(actor, row.site_id)]
    leaves = reached_leaves(actor, today) or {row.leaf_id for row in mobile}
    most = int(tables.round_rules(day)["most"])
    total, rows = selectors.waits_for_visit(campaign.code, campaign.programme, leaves, today, most)
    shown = people.persons(actor, [row.person_id for row in rows[:MOST]], "rounds")
    needs = tables.needs(today)
    driven = [r for r in selectors.rounds([s.site_id for s in mobile], day, day) if r.campaign == campaign.code]
    busy = {s.site_id for s in sites.sessions(day, [s.site_id for s in mobile])}
    return RoundsPage(
        day=day, days=days, total=total, streets=_streets(rows, streets, needs),
        waiting=tuple(
            HomeboundLine(shown[row.person_id], streets.get(row.leaf_id, Name.code(str(row.leaf_id))), needs[row.need], row)
            for row in rows[:MOST] if row.person_id in shown
        ),
        rounds=_lines(driven, mobile, streets, day), free=tuple(row for row in mobile if row.site_id not in busy),
        stores=_stores(actor, {row.site_id for row in mobile}),
    )  # fmt: skip


def _streets(
    rows: list[HomeboundRow], streets: Mapping[int, Name], needs: Mapping[str, Name]
) -> tuple[StreetWaiting, ...]:
    by: dict[int, Counter[str]] = {}
    for row in rows:
        by.setdefault(row.leaf_id, Counter())[row.need] += 1
    found = [
        StreetWaiting(
            streets.get(leaf, Name.code(str(leaf))), count.total(), tuple((needs[code], n) for code, n in count.most_common())
        )
        for leaf, count in by.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda row: -row.people))


def _lines(
    rounds: list[RoundRow], mobile: list[SiteRow], streets: Mapping[int, Name], day: date
) -> tuple[RoundLine, ...]:
    at = {row.site_id: row for row in mobile}
    stores = reference.place_names({r.store_id for r in rounds}) if rounds else {}
    products = {p.code: Name.of(p) for p in reference.products(day)}
    return tuple(
        RoundLine(
            row=r,
            site=at[r.site_id],
            store=stores.get(r.store_id, Name.code(str(r.store_id))),
            doses=tuple((products.get(code, Name.code(code)), n) for code, n in sorted(r.doses.items())),
            stops=tuple(PlannedStop(streets.get(s.leaf_id, Name.code(str(s.leaf_id))), s) for s in r.stops),
            left={name.removeprefix("left_"): n for name, n in r.why.items() if name.startswith("left_")},
        )
        for r in rounds
    )


def _stores(actor: Actor, mobile: set[int]) -> tuple[tuple[int, Name], ...]:
    """Places in reach that hold doses, which may fill a cold box."""
    held = {row.place_id for row in supply.stock() if access.sees_site(actor, row.place_id)} - mobile
    names = reference.place_names(held) if held else {}
    return tuple(sorted(names.items(), key=lambda pair: pair[1].zh))
