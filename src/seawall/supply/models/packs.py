"""Packs by trace code, the cases around them, and codes that were typed by hand."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


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
