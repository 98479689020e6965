"""Cold-chain devices, their readings and excursions, and what stood inside."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


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
