"""Between places: what was asked for and what was offered."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


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
