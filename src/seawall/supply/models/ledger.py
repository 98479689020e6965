"""The append-only ledger of doses, its guarded balances, and what is kept for later doses."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q


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
