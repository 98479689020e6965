"""Facts of each closing, frozen: what was given, what every unit had in hand, what was said in the dispatch."""

from typing import ClassVar

from django.db import models


class Closing(models.Model):
    """A site, a unit or, for one campaign, the city closed a day. What is recorded later belongs to the next closing."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("level", "ref_id", "day")
    level = models.CharField(max_length=8)  # site | unit | city
    ref_id = models.BigIntegerField()  # of a site, of a unit, or of the campaign whose day the city closed
    day = models.DateField()
    act = models.UUIDField()
    post_id = models.BigIntegerField()
    closed_at = models.DateTimeField()
    missing = models.JSONField(
        default=list
    )  # ids of the sites or units that had not closed: not reported is never zero

    class Meta:
        indexes = [models.Index(fields=["level", "day"], name="closing_level_day")]


class Given(models.Model):
    """Doses of a campaign's programme by the closing that first counted them and the day they were given; corrections are negative rows."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey(
        "campaign", "closing_day", "own_day", "leaf_id", "place_id", "campaign_group", "product", "dose_rank"
    )
    campaign = models.CharField(max_length=60)
    closing_day = models.DateField()
    own_day = models.DateField()
    leaf_id = models.BigIntegerField()  # where the person lives
    place_id = models.BigIntegerField()  # where the dose was given; 0 elsewhere
    campaign_group = models.CharField(max_length=24)
    product = models.CharField(max_length=24)
    dose_rank = models.SmallIntegerField()  # 0: not valid in the series
    doses = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["campaign", "own_day"], name="given_own_day")]


class Tallied(models.Model):
    """What a campaign counted without names, by the closing that first counted it; corrections are negative rows. Never part of `Given`."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey(
        "campaign", "closing_day", "own_day", "leaf_id", "place_id", "product", "measure", "band"
    )
    campaign = models.CharField(max_length=60)
    closing_day = models.DateField()
    own_day = models.DateField()
    leaf_id = models.BigIntegerField()  # where it was counted
    place_id = models.BigIntegerField()
    product = models.CharField(max_length=24)
    measure = models.CharField(
        max_length=16
    )  # doses, by band; zero_dose, marked, houses_visited, houses_closed, houses_absent
    band = models.CharField(max_length=12)
    count = models.IntegerField()


class Standing(models.Model):
    """Where people stood at a closing: how many of each unit and group were due, complete, overdue, withheld."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("campaign", "day", "leaf_id", "campaign_group")
    campaign = models.CharField(max_length=60)
    day = models.DateField()
    leaf_id = models.BigIntegerField()
    campaign_group = models.CharField(max_length=24)
    population = models.IntegerField()
    eligible = models.IntegerField()  # 应种: of age and not contraindicated
    started = models.IntegerField()
    complete = models.IntegerField()
    later_due = models.IntegerField()  # second or third dose due by that day
    later_overdue = models.IntegerField()
    deferred = models.IntegerField()
    contraindicated = models.IntegerField()


class StockFact(models.Model):
    """Doses of a lot in a state at a place when the day closed."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("day", "place_id", "lot", "state")
    day = models.DateField()
    place_id = models.BigIntegerField()
    lot = models.CharField(max_length=40)
    product = models.CharField(max_length=24)
    state = models.CharField(max_length=24)
    doses = models.IntegerField()


class SiteFact(models.Model):
    """What one site did on one day, as its own closing counted it."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("day", "site_id", "measure")
    day = models.DateField()
    site_id = models.BigIntegerField()
    measure = models.CharField(max_length=16)
    count = models.IntegerField()


class Dispatch(models.Model):
    """The evening's daily dispatch (日调度): its figures, as made from frozen facts."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("campaign", "day")
    campaign = models.CharField(max_length=60)
    day = models.DateField()
    made_at = models.DateTimeField()
    content = models.JSONField()
    released_at = models.DateTimeField(null=True)
    released_by = models.BigIntegerField(null=True)
