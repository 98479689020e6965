"""Counts by hand, causes of differences, and what was lost or destroyed, with its pictures."""

from typing import ClassVar

from django.db import models


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


class Shortfall(models.Model):
    """Ancillary goods that a site's day needed and the book of the site did not have."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "act", "product")
    place_id = models.BigIntegerField()
    act = models.UUIDField()
    product = models.CharField(max_length=24)
    day = models.DateField()
    units = models.IntegerField()
    recorded_at = models.DateTimeField()


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
    """Doses that left for good with a paper, a second person or a picture: destroyed, or much lost at once."""

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
    photo = models.UUIDField(null=True)
    at = models.DateTimeField()


class Photo(models.Model):
    """A picture of what was lost or destroyed at a place, sealed; its name is made from its content."""

    owner: ClassVar[str] = "place"
    owner_field: ClassVar[str] = "place_id"

    pk = models.CompositePrimaryKey("place_id", "photo")
    place_id = models.BigIntegerField()
    photo = models.UUIDField()
    sealed = models.BinaryField()
    at = models.DateTimeField()
