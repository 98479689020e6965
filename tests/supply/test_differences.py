"""A difference moves the book only by the hands of two, pack by pack; much loss and destruction need a second person."""

import io
from dataclasses import replace
from uuid import uuid4

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from seawall.platform import sql
from seawall.supply import selectors, services
from seawall.terms.codes import PlaceKind
from seawall.terms.rosters import Picture
from seawall.terms.stock import DifferenceExplain, DifferenceSign, DoseWaste, StockCount, StockReturn


@pytest.fixture(autouse=True)
def proven(chain):
    yield
    assert selectors.difference() == []
    assert all(row.holds for row in selectors.identity(chain.now.replace(year=2030)))


def code(outcomes):
    return [o.refusal.code if o.refusal else "done" for o in outcomes]


class Keeper:
    """Counts, explains and signs at the site."""

    def __init__(self, chain) -> None:
        self.chain, self.codes = chain, chain.deliver("B1", 3, 2)
        self.second = replace(chain.actor, account_id=chain.actor.account_id + 1)

    def base(self) -> dict:
        return {"act": uuid4(), "occurred_at": self.chain.now, "place_id": self.chain.site}

    def count(self, counted: int) -> StockCount:
        item = StockCount(**self.base(), lot="B1", counted=counted, seal="S-1")
        assert services.stock_count(self.chain.actor, [item])[0].done
        return item

    def explain(
        self, count: object, doses: int, cause: str = "LOST_UNSEEN", code: str | None = None
    ) -> DifferenceExplain:
        return DifferenceExplain(**self.base(), count=count, code=code or self.codes[0], doses=doses, cause=cause)

    def sign(self, item: DifferenceExplain) -> DifferenceSign:
        return DifferenceSign(**self.base(), explanation=item.act)


@pytest.fixture
def keeper(chain):
    return Keeper(chain)


def picture(size: tuple[int, int] = (60, 40), *, gps: bool = False) -> Picture:
    """What a camera would send; `gps`: with the place where it was taken."""
    file, exif = io.BytesIO(), Image.Exif()
    if gps:
        exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
        exif[Base.Make] = "Camera"
    Image.effect_noise(size, 40).convert("RGB").save(file, "JPEG", quality=50, exif=exif)
    return Picture.of(file.getvalue())


def left(chain):
    return [(row.lot, row.doses) for row in selectors.stock([chain.site])]


def test_the_book_follows_a_difference_once_another_has_signed(chain, keeper):
    count = keeper.count(5)
    told = keeper.explain(count.act, -1)
    assert code(services.difference_explain(chain.actor, [told])) == ["done"]
    assert left(chain) == [("B1", 6)]
    assert code(services.difference_sign(chain.actor, [keeper.sign(told)])) == ["SECOND_PERSON_IS_THE_FIRST"]
    signed = services.difference_sign(keeper.second, [keeper.sign(told), keeper.sign(told)])
    assert code(signed) == ["done", "EXPLANATION_NOT_OPEN"]
    assert left(chain) == [("B1", 5)]
    assert selectors.open_differences() == []


def test_found_doses_come_back_into_their_pack_and_no_further(chain, keeper):
    for _ in range(2):
        assert services.dose_use(chain.actor, [chain.use(keeper.codes[0])])[0].done
    count = keeper.count(5)
    wrong = [
        keeper.explain(count.act, -1),
        keeper.explain(count.act, 2),
        keeper.explain(count.act, 1, code=keeper.codes[1]),
        keeper.explain(count.act, 1, "FUN"),
        keeper.explain(uuid4(), 1),
        keeper.explain(count.act, 1, code="8199999" + "0" * 13),
    ]
    assert code(services.difference_explain(chain.actor, wrong)) == [
        "MORE_THAN_DIFFERS", "MORE_THAN_DIFFERS", "MORE_THAN_LEFT", "DIFFERENCE_CAUSE_UNKNOWN", "DIFFERENCE_NOT_OPEN",
        "CODE_PREFIX_UNKNOWN",
    ]  # fmt: skip
    told = keeper.explain(count.act, 1, "ENTERED_TWICE")
    assert code(services.difference_explain(chain.actor, [told])) == ["done"]
    assert code(services.difference_sign(keeper.second, [keeper.sign(told)])) == ["done"]
    assert left(chain) == [("B1", 5)]


def test_a_later_count_that_agrees_closes_it_and_another_is_open_again(chain, keeper):
    keeper.count(4)
    chain.now = chain.now.replace(hour=15)
    keeper.count(6)
    assert selectors.open_differences() == []
    chain.now = chain.now.replace(hour=16)
    keeper.count(5)
    assert [(row.booked, row.counted, row.explained) for row in selectors.open_differences()] == [(6, 5, 0)]


def test_a_scanned_code_is_read_as_it_stands_and_a_typed_one_waits_for_a_second_person(chain, keeper):
    count = keeper.count(4)
    scanned = keeper.explain(count.act, -1, code=f"]C0{keeper.codes[0]}")
    typed = replace(keeper.explain(count.act, -1, code=keeper.codes[1]), typed=True)
    assert code(services.difference_explain(chain.actor, [scanned, typed])) == ["done", "TYPED_ALONE"]
    assert left(chain) == [("B1", 6)]


def test_much_lost_in_a_day_needs_a_second_person(chain):
    codes = chain.deliver("B9", 30)
    base = {"occurred_at": chain.now, "place_id": chain.site, "doses": 1, "reason": "BROKEN"}
    items = [DoseWaste(act=uuid4(), code=c, **base) for c in codes[:20]]
    outcomes = services.dose_waste(chain.actor, items)
    assert code(outcomes) == ["done"] * 19 + ["WITNESS_NEEDED"]
    named = DoseWaste(act=uuid4(), code=codes[19], **base, witness="王芳")
    pictured = replace(named, act=uuid4(), photo=picture())
    assert code(services.dose_waste(chain.actor, [named, pictured])) == ["PHOTO_NEEDED", "done"]
    lost = replace(named, act=uuid4(), code=codes[20], reason="LOST")
    assert code(services.dose_waste(chain.actor, [lost])) == ["done"], "what is lost cannot be photographed"


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (Picture.of(b"GIF89a" + b"0" * 40), "IMAGE_KIND"),
        (Picture("base64:***"), "IMAGE_KIND"),
        (Picture.of(b"PK\x03\x04 a sheet"), "IMAGE_KIND"),
        (lambda: picture((9_000, 6_000)), "IMAGE_TOO_LARGE"),
        (lambda: Picture.of(picture((800, 600)).bytes()[:-4_000]), "IMAGE_BROKEN"),
    ],
)
def test_what_is_no_picture_is_refused_by_name_and_nothing_is_written_off(chain, keeper, photo, why):
    sent = photo() if callable(photo) else photo
    item = DoseWaste(**keeper.base(), code=keeper.codes[0], doses=1, reason="BROKEN", photo=sent)
    assert code(services.dose_waste(chain.actor, [item])) == [why]
    assert left(chain) == [("B1", 6)]


def test_a_picture_is_kept_once_small_sealed_and_without_the_place_where_it_was_taken(chain, keeper):
    photo = picture((3_000, 2_000), gps=True)
    items = [DoseWaste(**keeper.base(), code=c, doses=1, reason="BROKEN", photo=photo) for c in keeper.codes]
    assert code(services.dose_waste(chain.actor, items)) == ["done"] * 3
    ((name, sealed),) = sql.fetch("SELECT photo, sealed FROM supply_photo")
    assert b"JFIF" not in bytes(sealed)
    kept = Image.open(io.BytesIO(selectors.photo(chain.site, name)))
    assert (kept.size, dict(kept.getexif())) == ((1_600, 1_067), {})
    assert sql.fetch("SELECT DISTINCT photo, count(*) OVER () FROM supply_removal") == [(name, 3)]
    assert selectors.photo(chain.store, name) is None


def test_much_is_destroyed_only_with_a_picture(chain):
    chain.deliver("B9", 30)
    item = StockReturn(
        act=uuid4(), occurred_at=chain.now, place_id=chain.site, lot="B9", packs=25, to=PlaceKind.DESTROYED, reason="EXPIRED",
        certificate="D-1", witness="王芳",
    )  # fmt: skip
    pictured = replace(item, act=uuid4(), photo=picture())
    assert code(services.stock_return(chain.actor, [item, pictured])) == ["PHOTO_NEEDED", "done"]


def test_nothing_is_destroyed_without_certificate_and_witness(chain, keeper):
    item = StockReturn(**keeper.base(), lot="B1", packs=1, to=PlaceKind.DESTROYED, reason="EXPIRED", certificate="D-1")
    whole = replace(item, act=uuid4(), witness="王芳")
    assert code(services.stock_return(chain.actor, [item, whole])) == ["DESTRUCTION_UNPROVEN", "done"]
