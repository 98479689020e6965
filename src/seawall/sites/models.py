"""Tables of sites: the site, its days, the one count of capacity, who stands there and what was found in place."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Described(models.Model):
    """What is said of a site, in service or only proposed; longitude and latitude in degrees."""

    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    leaf_id = models.BigIntegerField()
    address_zh = models.CharField(max_length=160)
    address_en = models.CharField(max_length=200)
    phone = models.CharField(max_length=30)
    stations = models.SmallIntegerField()
    seats = models.SmallIntegerField()
    parent_facility_id = models.BigIntegerField(null=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Site(Described):
    """A place where people are vaccinated; its id is its place id."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    site_id = models.BigIntegerField(primary_key=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=40, blank=True)
    door = models.CharField(max_length=8)
    door_reason = models.CharField(max_length=80, blank=True)
    door_post_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index("code", name="site_code")]


class Session(models.Model):
    """One day of one site."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "day")
    site_id = models.BigIntegerField()
    day = models.DateField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    stations = models.SmallIntegerField()
    products = ArrayField(models.CharField(max_length=24), default=list)  # given that day; none named: any
    most_waiting = models.SmallIntegerField(null=True)  # persons who may wait inside at once; none: not bounded
    public = models.BooleanField(default=True, db_default=True)  # anybody may book it; a round is for who is on it
    state = models.CharField(max_length=8)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("day", name="session_day")]


class Slot(models.Model):
    """A quarter of an hour: how many it may take and how many it has. The only count of seats there is.

    `planned` is what was planned; `capacity` follows what doses, staff and room bear, and never falls below `taken`.
    Until `returns_at`, `set_aside` of the free seats, which were cancelled, are kept from who books ahead.
    """

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "starts_at")
    site_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    day = models.DateField()
    planned = models.SmallIntegerField()
    capacity = models.SmallIntegerField()
    taken = models.SmallIntegerField(default=0)
    set_aside = models.SmallIntegerField(default=0, db_default=0)
    returns_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("day", "site_id", name="slot_day")]
        constraints = [
            models.CheckConstraint(condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")), name="slot_not_oversold"),
        ]


class TeamMember(models.Model):
    """A post at a station of a site for a day."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "day", "post_id", "role")
    site_id = models.BigIntegerField()
    day = models.DateField()
    post_id = models.BigIntegerField()
    role = models.CharField(max_length=24)
    station = models.SmallIntegerField()


class Readiness(models.Model):
    """Whether one thing that a site needs was found in place on a day."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "day", "code")
    site_id = models.BigIntegerField()
    day = models.DateField()
    code = models.CharField(max_length=24)
    ready = models.BooleanField()
    checked_at = models.DateTimeField()
    checked_by = models.BigIntegerField()


class Proposal(Described):
    """A site that might be opened, before it is a place: proposed, checked, approved, published or refused."""

    owner: ClassVar[str] = "none"

    proposal = models.UUIDField(primary_key=True)
    gains = models.JSONField(default=dict)
    found = ArrayField(models.CharField(max_length=24), default=list)
    missing = ArrayField(models.CharField(max_length=24), default=list)
    reason = models.CharField(max_length=120, blank=True)
    site_id = models.BigIntegerField(null=True)
    proposed_by = models.BigIntegerField()
    checked_by = models.BigIntegerField(null=True)
    approved_by = models.BigIntegerField(null=True)
    settled_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(state="refused"), name="proposal_one_of_a_code")
        ]
