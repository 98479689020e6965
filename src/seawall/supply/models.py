"""Tables of supply: lots, packs, the append-only ledger of doses with its guarded balances, shipments, temperatures, counts."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q


class Lot(models.Model):
    """A lot as its maker released it. `platform` is what decides how long an opened pack may be used.

    `word_act` is the act that last stopped or freed it everywhere; `by_product`: its product was stopped, not the lot itself.
    """

    owner: ClassVar[str] = "none"

    lot = models.CharField(max_length=30, primary_key=True)
    product = models.CharField(max_length=24)
    expires = models.DateField()
    release_certificate = models.CharField(max_length=60)
    doses_per_pack = models.SmallIntegerField()
    platform = models.CharField(max_length=12)
    emergency_decision = models.CharField(max_length=60, blank=True, default="")
    diluent = models.CharField(max_length=30, blank=True, default="")
    state = models.CharField(max_length=12)
    authority = models.CharField(max_length=120, blank=True)
    by_product = models.BooleanField(default=False)
    word_act = models.UUIDField(null=True)
    word_at = models.DateTimeField(null=True)


class ProductStop(models.Model):
    """A product stopped everywhere: its lots were stopped with it, and those that still come are."""

    owner: ClassVar[str] = "none"

    product = models.CharField(max_length=24, primary_key=True)
    state = models.CharField(max_length=12)
    authority = models.CharField(max_length=120)
    since = models.DateTimeField()


class Hold(models.Model):
    """A lot stopped at one place; a lot stopped everywhere says so itself."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "lot")
    place_id = models.BigIntegerField()
    lot = models.CharField(max_length=30)
    state = models.CharField(max_length=12)
    authority = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField()


class Carton(models.Model):
    """A carton or box with a code of its own. It has no place: it is where everything in it is, or it may not be used whole."""

    owner: ClassVar[str] = "code"
    owner_field: ClassVar[str] = "code"

    code = models.CharField(max_length=50, primary_key=True)
    lot = models.CharField(max_length=30)
    parent = models.CharField(max_length=50, null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("parent", name="carton_parent", condition=Q(parent__isnull=False))]


class Pack(models.Model):
    """The smallest pack with a code of its own, in the case `parent`.

    `cold`: it left its temperature and waits for a decision. `gap`: a hand-over of its way is not on record.
    `vvm`, `diluent`: the stage of its vial monitor and the lot of the diluent, when it was opened.
    """

    owner: ClassVar[str] = "code"
    owner_field: ClassVar[str] = "code"

    code = models.CharField(max_length=50, primary_key=True)
    lot = models.CharField(max_length=30)
    product = models.CharField(max_length=24)
    expires = models.DateField()
    place_id = models.BigIntegerField()
    state = models.CharField(max_length=12)
    cold = models.BooleanField(default=False)
    gap = models.BooleanField(default=False)
    doses = models.SmallIntegerField()
    doses_left = models.SmallIntegerField()
    open_until = models.DateTimeField(null=True)
    shipment = models.UUIDField(null=True)
    parent = models.CharField(max_length=50, null=True)
    vvm = models.SmallIntegerField(null=True)
    diluent = models.CharField(max_length=30, null=True)

    class Meta:
        indexes = [
            models.Index("lot", "place_id", "code", name="pack_left", condition=Q(doses_left__gt=0)),
            models.Index("parent", name="pack_parent", condition=Q(parent__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(doses_left__gte=0) & Q(doses_left__lte=models.F("doses")), name="pack_doses_left"
            ),
        ]


class StockLine(models.Model):
    """Doses that came to or left a real place; where the other place is real too, its line carries the same act and kind.

    Never changed, never deleted.
    """

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act", "kind", "line")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    kind = models.CharField(max_length=10)
    line = models.SmallIntegerField()
    lot = models.CharField(max_length=30)
    code = models.CharField(max_length=50, null=True)
    state = models.CharField(max_length=12)
    delta = models.IntegerField()
    other_place_id = models.BigIntegerField()
    reason = models.CharField(max_length=24, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            BrinIndex(fields=["recorded_at"], name="line_recorded"),
            models.Index("lot", name="line_lot", condition=~Q(kind="use")),
        ]
        constraints = [models.CheckConstraint(condition=~Q(delta=0), name="line_moves_doses")]


class Balance(models.Model):
    """Doses of a lot in one state at one real place.

    Virtual places keep none: one row for all that was given would be a queue for the whole city.
    """

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "lot", "state")
    place_id = models.BigIntegerField()
    lot = models.CharField(max_length=30)
    state = models.CharField(max_length=12)
    doses = models.BigIntegerField()

    class Meta:
        indexes = [models.Index("lot", name="balance_lot")]
        constraints = [models.CheckConstraint(condition=Q(doses__gte=0), name="balance_not_negative")]


class Shipment(models.Model):
    """Packs of one lot between two real places. While under way they stand as in transit at the receiver."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    to_place_id = models.BigIntegerField()
    lot = models.CharField(max_length=30)
    product = models.CharField(max_length=24)
    packs = models.IntegerField()
    doses = models.IntegerField()
    kind = models.CharField(max_length=10)
    order = models.CharField(max_length=60, blank=True)
    expected_on = models.DateField()
    ordered_at = models.DateTimeField(null=True)
    picked_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    arrived_at = models.DateTimeField(null=True)
    taken_doses = models.IntegerField(db_default=0)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.UUIDField(null=True)
    temperature_record = models.CharField(max_length=60, blank=True)
    min_celsius = models.FloatField(null=True)
    max_celsius = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index("act", name="shipment_act"),
            models.Index("to_place_id", "expected_on", name="shipment_due", condition=Q(state="sent")),
        ]


class Handover(models.Model):
    """Goods of one lot changed hands: the paper that let them go, the temperatures of the way, who gave and who took, and when.

    The packs are runs of codes that follow each other, `first_codes[n]` to `last_codes[n]`.
    """

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    from_place_id = models.BigIntegerField()
    lot = models.CharField(max_length=30)
    shipment = models.UUIDField(null=True)
    document = models.CharField(max_length=60)
    temperature_record = models.CharField(max_length=60)
    min_celsius = models.FloatField(null=True)
    max_celsius = models.FloatField(null=True)
    handed_by = models.CharField(max_length=40)
    taken_by = models.CharField(max_length=40)
    left_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField()
    first_codes = ArrayField(models.CharField(max_length=50))
    last_codes = ArrayField(models.CharField(max_length=50))

    class Meta:
        indexes = [models.Index("lot", "place_id", name="handover_lot")]


class GoodsApart(models.Model):
    """Goods that came without what they must bring: they stand apart, with the reason, until it comes or they go back."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    lot = models.CharField(max_length=30)
    product = models.CharField(max_length=24)
    doses = models.IntegerField()
    shipment = models.UUIDField(null=True)
    why = models.CharField(max_length=48)
    since = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("place_id", "lot", name="apart_open", condition=Q(settled_at__isnull=True))]


class TypedCode(models.Model):
    """A code that was typed by hand and confirmed by a second person; it counts at that place on that day."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    code = models.CharField(max_length=50)
    day = models.DateField()
    account_id = models.BigIntegerField()
    confirmed_by = models.BigIntegerField()

    class Meta:
        indexes = [models.Index("place_id", "day", "code", name="typed_today")]


class Device(models.Model):
    """A refrigerator, freezer, cold box or vehicle. `every_minutes`: how often its logger measures; 0 is read by hand."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "device")
    place_id = models.BigIntegerField()
    device = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    temperature = models.CharField(max_length=8)
    litres = models.FloatField()
    every_minutes = models.SmallIntegerField()
    calibrated_on = models.DateField(null=True)
    calibration_due = models.DateField(null=True)
    certificate = models.CharField(max_length=60, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    state = models.CharField(max_length=8)
    since = models.DateTimeField()


class ReadingDay(models.Model):
    """All temperatures of a device on a day (UTC), by hand or by its logger: minutes of the day in order, hundredths of a degree."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "device", "day", "by_hand")
    place_id = models.BigIntegerField()
    device = models.CharField(max_length=40)
    day = models.DateField()
    by_hand = models.BooleanField()
    minutes = ArrayField(models.SmallIntegerField())
    hundredths = ArrayField(models.SmallIntegerField())


class Standing(models.Model):
    """Which device of its place a lot stands in, from a moment on. A lot without a row stands in any that keeps it cold enough."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "lot", "since")
    place_id = models.BigIntegerField()
    lot = models.CharField(max_length=30)
    since = models.DateTimeField()
    device = models.CharField(max_length=40)


class Excursion(models.Model):
    """A device out of its limits; `ended` is empty while it goes on. `minutes` and `worst` grow with the readings."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "excursion")
    place_id = models.BigIntegerField()
    excursion = models.UUIDField()
    device = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    minutes = models.IntegerField()
    worst = models.FloatField(null=True)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index("place_id", "device", "began", name="excursion_of_device"),
            models.Index("place_id", name="excursion_waits", condition=Q(state__in=("open", "watched"))),
        ]


class HeldLot(models.Model):
    """A lot that stood in a device during an excursion: doses set apart, and for how long it was out of range."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "excursion", "lot")
    place_id = models.BigIntegerField()
    excursion = models.UUIDField()
    lot = models.CharField(max_length=30)
    minutes = models.IntegerField()
    doses = models.IntegerField()


class RefusedReading(models.Model):
    """What was sent as a temperature and is none: counted by day, source, reason and name, the last one kept as it came."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("day", "source", "code", "name")
    day = models.DateField()
    source = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    count = models.IntegerField()
    last_at = models.DateTimeField()


class LoggerFile(models.Model):
    """A logger's file as it was staged."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "file")
    place_id = models.BigIntegerField()
    file = models.UUIDField()
    device = models.CharField(max_length=40)
    layout = models.CharField(max_length=24)
    filename = models.CharField(max_length=200)
    content = models.TextField()
    staged_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)


class Count(models.Model):
    """What was counted by hand against what the book said. The book is never bent to fit."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    lot = models.CharField(max_length=30)
    counted_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    booked = models.IntegerField()
    counted = models.IntegerField()
    seal = models.CharField(max_length=40, blank=True)


class Explanation(models.Model):
    """Why a count differs: doses of one pack missing (below zero) or found. The book follows when a second person signs."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    count = models.UUIDField()
    lot = models.CharField(max_length=30)
    code = models.CharField(max_length=50)
    doses = models.SmallIntegerField()
    cause = models.CharField(max_length=24)
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    at = models.DateTimeField()
    signed_post_id = models.BigIntegerField(null=True)
    signed_at = models.DateTimeField(null=True)


class Removal(models.Model):
    """Doses that left for good with a paper or a second person: destroyed, or much lost at once."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    lot = models.CharField(max_length=30)
    doses = models.IntegerField()
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=24)
    certificate = models.CharField(max_length=60, blank=True)
    witness = models.CharField(max_length=50)
    at = models.DateTimeField()


class Pick(models.Model):
    """Packs of one lot that a place is asked to send to another; the shipment that carries them has the pick's act."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    to_place_id = models.BigIntegerField()
    lot = models.CharField(max_length=30)
    product = models.CharField(max_length=24)
    packs = models.IntegerField()
    doses = models.IntegerField()
    order = models.CharField(max_length=60)
    expected_on = models.DateField()

    class Meta:
        indexes = [models.Index("expected_on", name="pick_expected")]


class Ask(models.Model):
    """A place says that it needs doses of a product by a day."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    product = models.CharField(max_length=24)
    doses = models.IntegerField()
    needed_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("needed_on", name="ask_open", condition=Q(state="open"))]


class Offer(models.Model):
    """Packs that a place offers another, for good or as a loan to be settled by a day; `returned`: doses settled so far."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    to_place_id = models.BigIntegerField()
    ask = models.UUIDField(null=True)
    lot = models.CharField(max_length=30)
    product = models.CharField(max_length=24)
    packs = models.IntegerField()
    doses = models.IntegerField()
    settle_by = models.DateField(null=True)
    returned = models.IntegerField(default=0)
    state = models.CharField(max_length=10)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index("act", name="offer_act"),
            models.Index("to_place_id", name="offer_to", condition=Q(state__in=["offered", "lent"])),
        ]
        constraints = [models.CheckConstraint(condition=Q(returned__gte=0), name="offer_returned_not_negative")]


class Reserve(models.Model):
    """Doses of a product that a place keeps for later doses due until a day: a claim on what is on hand, of whatever lot."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "product")
    place_id = models.BigIntegerField()
    product = models.CharField(max_length=24)
    doses = models.IntegerField()
    until = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(doses__gte=0), name="reserve_not_negative")]
