"""Tables of booking: appointments, invitations, the waiting list; batches of organisations."""

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
    wish = models.CharField(
        max_length=10, blank=True, default="", db_default=""
    )  # how the person asked somebody to book
    product = models.CharField(
        max_length=24, blank=True, default="", db_default=""
    )  # the vaccine that the person chose, of those that may be given
    arrangement = models.UUIDField(
        null=True
    )  # what it stands under: a batch of an organisation, a call for leftover doses

    class Meta:
        indexes = [
            models.Index("site_id", "starts_at", name="appointment_seat"),
            models.Index("arrangement", name="appointment_arrangement", condition=Q(arrangement__isnull=False)),
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


class PaceSet(models.Model):
    """Who bounded how many are let in to the booking pages a minute, when and why."""

    owner: ClassVar[str] = "none"

    line = models.CharField(max_length=20, primary_key=True)
    a_minute = models.IntegerField(null=True)  # none: as many as can be served
    reason = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    set_by = models.BigIntegerField()


class Batch(models.Model):
    """Seats that an organisation keeps for a workshop, class or shift, beginning at a quarter-hour of one site."""

    owner: ClassVar[str] = "none"

    act = models.UUIDField(primary_key=True)
    organisation_id = models.BigIntegerField()
    campaign = models.CharField(max_length=60)
    label = models.CharField(max_length=60)
    site_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    seats = models.IntegerField()
    per_slot = models.IntegerField()
    arranged_at = models.DateTimeField()
    arranged_by = models.BigIntegerField()

    class Meta:
        indexes = [models.Index("organisation_id", "starts_at", name="batch_organisation")]


class SpareSeat(models.Model):
    """Seats of a batch in a quarter-hour that have no name yet; they count as taken."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("batch", "starts_at")
    batch = models.UUIDField()
    site_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    seats = models.IntegerField()

    class Meta:
        indexes = [models.Index("starts_at", name="spare_seat_due", condition=Q(seats__gt=0))]
        constraints = [models.CheckConstraint(condition=Q(seats__gte=0), name="spare_seat_not_negative")]


class Standby(models.Model):
    """A person comes at short notice for a dose that is left over, from no farther away than `km`; one row for each campaign."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "campaign")
    person_id = models.BigIntegerField()
    campaign = models.CharField(max_length=60)
    km = models.SmallIntegerField()
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index("campaign", name="standby_campaign")]


class StandbyCall(models.Model):
    """Doses that a site says are left over on a day; the row that every offer of them locks."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "campaign", "day")
    site_id = models.BigIntegerField()
    campaign = models.CharField(max_length=60)
    day = models.DateField()
    call = models.UUIDField()
    doses = models.IntegerField()
    called_at = models.DateTimeField()
    called_by = models.BigIntegerField()

    class Meta:
        indexes = [models.Index("day", name="standby_call_day")]
