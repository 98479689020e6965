"""HR books three hundred at a browser: roster in, one batch, a pack in its order, leftovers back, the roster again as a difference."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from seawall.booking import selectors as booking
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.sites import services
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor, Reach
from seawall.terms.visits import SessionPlan
from tests import databases
from tests.people.conftest import resident_id

HANDS, SPARE, SHOP = 300, 4, "总装车间"


@dataclass(frozen=True, slots=True)
class Factory:
    """An organisation with its liaison, and a day on which a site near by has room for all."""

    organisation: int
    site: int
    day: date


@pytest.fixture(scope="module")
def factory(server: str, django_db_blocker) -> Iterator[Factory]:
    with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
        found = _factory()
        connection.close()
    yield found


def _factory() -> Factory:
    actor, day = Actor(0, 0, "TEST", frozenset({"*"}), Reach(everywhere=True)), clock.today() + timedelta(days=5)
    (post, *_) = staff.posts(role="ROSTER_LIAISON")
    organisation = int(post.refs("organisation")[0])
    unit_of, leaf = reference.leaf_units(day), people.organisation(actor, organisation).leaf_id
    near = [s for s in sites.sites(day) if unit_of.get(s.leaf_id) == unit_of[leaf]]
    site = max(near, key=lambda s: (s.leaf_id == leaf, s.stations))
    told = {"site_id": site.site_id, "day": day, "opens": time(8), "closes": time(20), "stations": site.stations}
    plan = SessionPlan(act=uuid4(), occurred_at=clock.now(), **told, seats_per_slot=min(12, 7 * site.stations))
    (outcome,) = services.session_plan(actor, [plan])
    assert outcome.done, outcome.refusal
    return Factory(organisation, site.site_id, day)


def roster(path: Path, numbers: range) -> Path:
    rows = [["姓名", "证件号码", "岗位"]]
    rows += [[f"工人{chr(0x4E00 + n)}", resident_id(date(1980, 5, 1), 500 + n), SHOP] for n in numbers]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def upload(visitor, factory: Factory, path: Path) -> None:
    visitor.open(f"/console/rosters/{factory.organisation}")
    page = visitor.page
    page.set_input_files("input[type=file]", path)
    form = page.locator("form", has=page.locator("input[type=file]"))
    with page.expect_navigation(timeout=60_000):
        form.locator("button").first.click()


def test_hr_books_three_hundred_in_one_batch(visit, factory, tmp_path, django_db_blocker) -> None:
    visitor = visit("en")
    visitor.enter("roster")
    page = visitor.page
    upload(visitor, factory, roster(tmp_path / "roster.csv", range(HANDS)))
    with page.expect_navigation(timeout=120_000):
        page.get_by_role("button", name=f"Commit {HANDS} rows").click()
    assert page.get_by_text(f"{HANDS} rows committed, 0 refused").is_visible()
    visitor.at_peace()

    visitor.open(f"/console/rosters/{factory.organisation}/batches?team={SHOP}&day={factory.day}&site={factory.site}")
    assert page.get_by_text(f"{HANDS} people of this part can go: all are chosen").is_visible()
    page.fill("input[name=seats]", str(HANDS + SPARE))
    with page.expect_navigation(timeout=120_000):
        page.get_by_role("button", name="Arrange the batch").click()
    assert page.get_by_text(f"{HANDS + SPARE} seats are kept: {HANDS} people are seated").is_visible()
    visitor.at_peace()
    assert page.get_by_text(f"{HANDS} of {HANDS + SPARE} seats have a name").is_visible()
    order = page.locator("table.data tbody th").all_inner_texts()
    assert len(order) == HANDS
    visitor.at_peace()
    batch = page.url

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Attendance list").click()
    listed = list(csv.reader(Path(downloading.value.path()).read_text("utf-8-sig").splitlines()))
    assert len(listed) >= HANDS + 1

    page.get_by_role("link", name="Print pack").click()
    page.wait_for_load_state("networkidle")
    names = re.findall(r"工人[一-鿿]", page.inner_text("main, body"))
    printed = list(dict.fromkeys(names))
    assert len(printed) == HANDS
    assert [name[0] + "*" + name[-1] for name in printed] == order, "printed in the order of the batch"
    visitor.at_peace()

    visitor.open(batch.removeprefix(visitor.address))
    with page.expect_navigation():
        page.locator("form", has=page.locator("[name=everybody]")).get_by_role("button").click()
    assert page.get_by_text(f"{SPARE} seats without a name").is_visible()

    upload(visitor, factory, roster(tmp_path / "again.csv", range(2, HANDS + 1)))
    parts = dict(re.findall(r"([\d,]+)\n(.+)", page.locator("ol.parts").first.inner_text()))
    told = {name: int(number.replace(",", "")) for number, name in parts.items()}
    assert told["join"] == 1 and told["stay as they are"] == HANDS - 2
    assert told["are not named by the file"] >= 2
    visitor.at_peace()

    with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
        (row,) = [b for b in booking.batches([factory.organisation]) if b.label == SHOP]
        wrong = booking.seat_difference(factory.day, factory.day)
        connection.close()
    assert (row.named, row.spare) == (HANDS, 0) and wrong == []
