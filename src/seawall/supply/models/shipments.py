"""Goods on their way: picks, shipments, hand-overs, and what stands apart."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


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
    order = models.CharField(max_length=80)
    expected_on = models.DateField()
    asked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("expected_on", name="pick_expected")]


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
    order = models.CharField(max_length=80, blank=True)
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
        indexes = [
            models.Index("lot", "place_id", name="handover_lot"),
            models.Index("arrived_at", "act", name="handover_arrived"),
        ]


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
