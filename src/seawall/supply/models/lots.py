"""Lots and products with their stops."""

from typing import ClassVar

from django.db import models


class Lot(models.Model):
    """A lot as its maker released it. `platform` is what decides how long an opened pack may be used.

    What never expires has the last day of all (`NEVER`), so that every comparison of days holds for it too.

    `word_act` is the act that last stopped or freed it everywhere; `by_product`: its product was stopped, not the lot itself.
    """

    owner: ClassVar[str] = "none"

    lot = models.CharField(max_length=30, primary_key=True)
    product = models.CharField(max_length=24)
    kind = models.CharField(max_length=12, db_default="vaccine")
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
