"""What officers do besides the doors: answer for their unit, obey orders, report and close adverse events."""

from datetime import date, datetime, timedelta

import polars as pl

from seawall.command import selectors as command
from seawall.command import services as command_services
from seawall.safety import selectors as safety
from seawall.safety import services as safety_services
from seawall.staff import services as staff
from seawall.terms.codes import OrderState
from seawall.terms.command import OrderChange, OrderRow
from seawall.terms.staff import CredentialGrant
from seawall.terms.visits import EventStep

from .acts import Acts, after, at, holding
from .world import World

IDLE = 33  # of so many orders one is answered by nobody; which, its own id says
CLOSED_AFTER = timedelta(days=3)
NURSE_TRAINING = "VACCINATION_TRAINING"


def first_responsible(world: World, moment: datetime) -> None:
    """One named first responsible person (第一责任人) for each unit, with a telephone that cannot be dialled."""
    elders = world.city.persons.filter(pl.col("birth") < date(1980, 1, 1)).group_by("unit", maintain_order=True).first()
    names = dict(elders.select("unit", "name").iter_rows())
    codes = world.units["unit_code"].to_list()
    phones = world.tables.marked("landline", len(codes))
    people = {code: (names.get(code, ""), phone) for code, phone in zip(codes, phones, strict=True)}
    staff.unit_posts(holding("ADMINISTRATOR"), at=moment, people=people)


def nurse_trained(world: World, moment: datetime, post_id: int) -> None:
    """The demonstration's nurse holds the certificate that her station asks for."""
    grant = CredentialGrant(
        act=Acts(world.seed, world.eve())("credential", "nurse"),
        occurred_at=moment,
        post_id=post_id,
        kind=NURSE_TRAINING,
        valid_from=world.eve(),
        valid_to=world.eve() + timedelta(days=365),
        exam="SYN",
    )
    staff.credentials_grant(holding("ADMINISTRATOR"), [grant])


def orders_taken(world: World, day: date) -> None:
    """In the morning orders are acknowledged, all but a few; those executed yesterday are verified."""
    acts, moment = Acts(world.seed, day), at(day, 7, 30)
    asked = [o for o in command.orders(for_day=day) if o.state == OrderState.ISSUED]
    taken = [o for o in asked if o.order.int % IDLE]
    for role, some in _by_role(taken):
        command_services.order_acknowledge(holding(role), _changes(acts, "acknowledge", some, moment))
    done = [o for o in command.orders(for_day=day - timedelta(days=1)) if o.state == OrderState.EXECUTED]
    command_services.order_verify(holding("COMMAND_OFFICE"), _changes(acts, "verify", done, moment))


def orders_done(world: World, day: date) -> None:
    """In the evening what was acknowledged is reported as done."""
    acts = Acts(world.seed, day)
    held = [o for o in command.orders(for_day=day) if o.state == OrderState.ACKNOWLEDGED]
    sheet = world.called("SHEET")[0]
    for role, some in _by_role(held):
        command_services.order_execute(holding(role), _changes(acts, "execute", some, at(day, 17, 45), sheet))


def _by_role(orders: list[OrderRow]) -> list[tuple[str, list[OrderRow]]]:
    """Orders by the role of those who are asked: of a unit, of a site, or a contact of households."""
    asked: dict[str, list[OrderRow]] = {}
    for o in orders:
        asked.setdefault(
            "FIRST_RESPONSIBLE" if o.unit_id else "SITE_LEADER" if o.site_id else "GRID_WORKER", []
        ).append(o)
    return list(asked.items())


def _changes(acts: Acts, step: str, orders: list[OrderRow], moment: datetime, note: str = "") -> list[OrderChange]:
    return [OrderChange(act=acts(step, o.order), occurred_at=moment, order=o.order, note=note) for o in orders]


def events_reported(world: World, day: date) -> None:
    """Cases are reported the morning after they were found; days later they are classified and closed."""
    acts, moment = Acts(world.seed, day), at(day, 9)
    rows = safety.open_events(day)
    fresh = [(e, "REPORTED", "") for e in rows if e.reported_at is None and e.found_at < moment]
    old = [e for e in rows if e.reported_at is not None and moment - e.found_at > CLOSED_AFTER]
    steps = [*fresh, *((e, "CLASSED", "GENERAL") for e in old), *((e, "CLOSED", "") for e in old)]
    for n, name in enumerate(("REPORTED", "CLASSED", "CLOSED")):
        items = [
            EventStep(
                act=acts("event", step, e.event),
                occurred_at=after(moment, n),
                person_id=e.person_id,
                event=e.event,
                step=step,
                note=note,
            )
            for e, step, note in steps
            if step == name
        ]
        safety_services.event_step(holding("AEFI_OFFICER"), items)
