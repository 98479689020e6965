"""Orders and alerts: the command's own memory."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, UniqueConstraint


class Order(models.Model):
    """An order to one unit, site or post: issued, acknowledged, executed, verified, by whom and when; or lapsed with its day."""

    owner: ClassVar[str] = "none"

    order = models.UUIDField(primary_key=True)
    state = models.CharField(max_length=14)
    code = models.CharField(max_length=48)
    params = models.JSONField()
    unit_id = models.BigIntegerField(null=True)
    site_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    for_day = models.DateField()
    due_at = models.DateTimeField(null=True)
    doses = models.IntegerField(default=0)
    issued_by = models.BigIntegerField()
    issued_at = models.DateTimeField()
    acknowledged_by = models.BigIntegerField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    executed_by = models.BigIntegerField(null=True)
    executed_at = models.DateTimeField(null=True)
    verified_by = models.BigIntegerField(null=True)
    verified_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=200, blank=True, db_default="")
    lapsed_at = models.DateTimeField(null=True)
    reached = models.IntegerField(null=True)
    campaign = models.CharField(max_length=60, blank=True, db_default="")  # none: asked for all of them

    class Meta:
        indexes = [
            models.Index(fields=["for_day", "unit_id"], name="order_day"),
            models.Index(fields=["due_at"], name="order_open", condition=~Q(state__in=["verified", "lapsed"])),
            models.Index(
                fields=["unit_id", "site_id", "post_id"],
                name="order_inbox",
                condition=~Q(state__in=["verified", "lapsed"]),
            ),
        ]


class Alert(models.Model):
    """Something that stands in the way. A place has one open alert of a code and campaign; seen again, it keeps its first day."""

    owner: ClassVar[str] = "none"

    alert = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=48)
    params = models.JSONField()
    unit_id = models.BigIntegerField(null=True)
    site_id = models.BigIntegerField(null=True)
    since = models.DateField()
    seen_on = models.DateField()
    closed_on = models.DateField(null=True)
    doses = models.IntegerField(default=0)
    watched = models.BooleanField(default=False)
    taken_by = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True, db_default="")
    campaign = models.CharField(max_length=60, blank=True, db_default="")  # none: it stands in the way of all of them

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["campaign", "code", "unit_id", "site_id"],
                condition=Q(closed_on=None),
                nulls_distinct=False,
                name="alert_open_once",
            )
        ]


class Evening(models.Model):
    """One run of an evening: asked by whom, and how far it came. `moved_at` is the machine's time: a run long silent has died."""

    owner: ClassVar[str] = "none"

    run = models.UUIDField(primary_key=True)
    campaign = models.CharField(max_length=60)
    day = models.DateField()
    state = models.CharField(max_length=8)
    post_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["day", "moved_at"], name="evening_day")]


class EveningStep(models.Model):
    """What came of one step of a run: done, or the reason that stopped it."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("run", "step")
    run = models.UUIDField()
    step = models.CharField(max_length=24)
    number = models.SmallIntegerField()
    code = models.CharField(max_length=48, blank=True)
    params = models.JSONField()
    seconds = models.FloatField()


class Worth(models.Model):
    """What the coverage of a closing was worth, computed once that evening; with its assumptions, so that it can be read."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("campaign", "day")
    campaign = models.CharField(max_length=60)
    day = models.DateField()
    content = models.JSONField()
