"""Orders and alerts: the command's own memory."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, UniqueConstraint


class Order(models.Model):
    """An order to one unit, site or post: issued, acknowledged, executed, verified, by whom and when."""

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

    class Meta:
        indexes = [
            models.Index(fields=["for_day", "unit_id"], name="order_day"),
            models.Index(fields=["due_at"], name="order_open", condition=~Q(state="verified")),
        ]


class Alert(models.Model):
    """Something that stands in the way. A place has one open alert of a code; seen again, it keeps its first day."""

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

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["code", "unit_id", "site_id"],
                condition=Q(closed_on=None),
                nulls_distinct=False,
                name="alert_open_once",
            )
        ]


class Worth(models.Model):
    """What the coverage of a closing was worth, computed once that evening; with its assumptions, so that it can be read."""

    owner: ClassVar[str] = "none"

    day = models.DateField(primary_key=True)
    content = models.JSONField()
