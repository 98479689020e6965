"""Tables of booking: appointments, invitations, the waiting list. All belong to a person."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

ACTIVE = ("held", "booked", "arrived")


class Appointment(models.Model):
    """A seat of a person. `held_until` is by the system clock; everything else by the business clock."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "act")
    person_id = models.BigIntegerField()
    act = models.UUIDField()
    campaign = models.CharField(max_length=60)
    site_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    dose_rank = models.SmallIntegerField()
    walk_in = models.BooleanField(default=False)
    held_until = models.DateTimeField(null=True)
    booked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    reason = models.CharField(max_length=24, blank=True)

    class Meta:
        indexes = [
            models.Index("site_id", "starts_at", name="appointment_seat"),
            models.Index("held_until", name="appointment_hold", condition=Q(state="held")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "campaign"], condition=Q(state__in=ACTIVE), name="appointment_one_at_a_time"
            ),
        ]


class Invitation(models.Model):
    """A person was asked to come between two days."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "act")
    person_id = models.BigIntegerField()
    act = models.UUIDField()
    campaign = models.CharField(max_length=60)
    dose_rank = models.SmallIntegerField()
    opens = models.DateField()
    closes = models.DateField()
    channel = models.CharField(max_length=10)
    sent_at = models.DateTimeField()


class Waiting(models.Model):
    """A person waits for a seat; one row for each campaign."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "campaign")
    person_id = models.BigIntegerField()
    campaign = models.CharField(max_length=60)
    site_id = models.BigIntegerField()
    opens = models.DateField()
    closes = models.DateField()
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index("site_id", "since", name="waiting_turn")]


class Release(models.Model):
    """From when the seats of some days may be booked, and by whom; announced anew for the same people and days, it moves."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("campaign", "opens", "closes", "group_code", "digits")
    campaign = models.CharField(max_length=60)
    opens = models.DateField()
    closes = models.DateField()
    group_code = models.CharField(max_length=24, blank=True)  # none: every group
    digits = models.CharField(max_length=10, blank=True)  # last digits of the day of birth; none: every birthday
    released_at = models.DateTimeField()
    source = models.CharField(max_length=120)
    announced_at = models.DateTimeField()
    announced_by = models.BigIntegerField()
