"""Adverse events, their steps, and the counters of case codes."""

from typing import ClassVar

from django.db import models


class AdverseEvent(models.Model):
    """A suspected adverse event of one person, with the clock that its reporters must keep."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "act")
    person_id = models.BigIntegerField()
    act = models.UUIDField()
    case_code = models.CharField(max_length=14)
    kind = models.CharField(max_length=32)
    serious = models.BooleanField()
    classed = models.CharField(max_length=16, default="PENDING")
    onset_at = models.DateTimeField()
    found_at = models.DateTimeField()
    in_window = models.BooleanField(null=True)
    site_id = models.BigIntegerField(null=True)
    visit = models.UUIDField(null=True)
    product = models.CharField(max_length=24, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    reporter_post_id = models.BigIntegerField()
    clock = models.CharField(max_length=16)
    clock_due = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    reported_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "clock_due"], name="event_clock"),
            models.Index(fields=["found_at"], name="event_found"),
        ]


class EventStep(models.Model):
    """One step taken: of the emergency (recognised to outcome) or of the case (reported to closed)."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "event", "step")
    person_id = models.BigIntegerField()
    event = models.UUIDField()
    step = models.CharField(max_length=16)
    act = models.UUIDField()
    at = models.DateTimeField()
    note = models.CharField(max_length=80, blank=True)
    by_post = models.BigIntegerField()


class CaseCounter(models.Model):
    """The last serial number given in a county and year."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("county", "year")
    county = models.CharField(max_length=6)
    year = models.SmallIntegerField()
    serial = models.IntegerField()
