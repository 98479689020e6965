"""Tables of campaigns: what a folder says, who is in which group, and what was planned, why and by whom it was approved."""

from datetime import time
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Campaign(models.Model):
    """A campaign and the files of its folder as loaded; `digest` names their content."""

    owner: ClassVar[str] = "none"

    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    programme = models.CharField(max_length=40)
    division = models.CharField(max_length=12)
    time_zone = models.CharField(max_length=40)
    opens = models.DateField()
    deadline = models.DateField()
    opening = models.TimeField(default=time(8))
    closing = models.TimeField(default=time(18))
    cut_off = models.TimeField()
    authority_zh = models.CharField(max_length=200, blank=True)
    authority_en = models.CharField(max_length=200, blank=True)
    source = models.TextField(blank=True)
    counting = models.CharField(max_length=8, default="named", db_default="named")  # named, or tally: nobody is named
    scale = models.FloatField(default=1.0)
    digest = models.CharField(max_length=64)
    files = models.JSONField()
    loaded_at = models.DateTimeField()


class CampaignGroup(models.Model):
    """A priority group and who belongs to it; `position` is its place in the file."""

    owner: ClassVar[str] = "none"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    rank = models.SmallIntegerField()
    position = models.SmallIntegerField()
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    sectors = ArrayField(models.CharField(max_length=40))
    org_kinds = ArrayField(models.CharField(max_length=40))
    age_min = models.SmallIntegerField(null=True)
    age_max = models.SmallIntegerField(null=True)
    opens = models.DateField()
    uptake = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="campaign_group_once")]


class Phase(models.Model):
    """A span of days in which some groups may get some doses; coverage is told of its denominator."""

    owner: ClassVar[str] = "none"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    groups = ArrayField(models.CharField(max_length=40))
    dose_ranks = ArrayField(models.SmallIntegerField())
    since = models.DateField()
    until = models.DateField()
    denominator = models.CharField(max_length=20)
    source = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="campaign_phase_once")]


class Target(models.Model):
    """A share to reach by a day, always with what it is a share of."""

    owner: ClassVar[str] = "none"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    groups = ArrayField(models.CharField(max_length=40))
    measure = models.CharField(max_length=20)
    share = models.FloatField()
    by = models.DateField()
    denominator = models.CharField(max_length=20)
    weight = models.FloatField()
    mark = models.CharField(max_length=20, blank=True)
    source = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="campaign_target_once")]


class Policy(models.Model):
    """A dated rule of the campaign. Proposed ones wait; of applied ones that overlap the later position wins."""

    owner: ClassVar[str] = "none"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=40)
    value = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    since = models.DateField()
    until = models.DateField()
    later_within_days = models.SmallIntegerField()
    state = models.CharField(max_length=12)
    authority = models.CharField(max_length=60, blank=True)
    source = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="campaign_policy_once")]


class AreaTag(models.Model):
    """重点地区: an area that matters more for a while, with its reason and weight."""

    owner: ClassVar[str] = "none"

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="+")
    unit_id = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    weight = models.FloatField()
    since = models.DateField()
    until = models.DateField(null=True)
    source = models.TextField(blank=True)


class GroupAssignment(models.Model):
    """The group a person is in now, since when and why."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "campaign")
    person_id = models.BigIntegerField()
    campaign = models.CharField(max_length=60)
    group_code = models.CharField(max_length=40)
    since = models.DateField()
    reason = models.CharField(max_length=80)


class GroupPast(models.Model):
    """A group that a person was in, first and last day."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "campaign", "since")
    person_id = models.BigIntegerField()
    campaign = models.CharField(max_length=60)
    group_code = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=80)


class PlanRun(models.Model):
    """One computation of the plan: its summary, obstacles and fate. Failed ones are kept with the solver's words."""

    owner: ClassVar[str] = "none"

    id = models.UUIDField(primary_key=True)
    campaign = models.CharField(max_length=60)
    as_of = models.DateField()
    state = models.CharField(max_length=12)
    feasible = models.BooleanField()
    short_by = models.BigIntegerField()
    summary = models.JSONField()
    failure = models.TextField(blank=True)
    seconds = models.FloatField()
    computed_at = models.DateTimeField()
    approved_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("campaign", "as_of", name="planrun_of_day")]


class PlanFrame(models.Model):
    """A table that went into a plan run or came out of it, as Parquet."""

    owner: ClassVar[str] = "none"

    run = models.ForeignKey("campaigns.PlanRun", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="planframe_once")]


class PolicyLook(models.Model):
    """What a policy would move, by the content of all it was planned from: asked again, it is read."""

    owner: ClassVar[str] = "none"

    digest = models.CharField(max_length=64, primary_key=True)
    campaign = models.CharField(max_length=60)
    policy = models.CharField(max_length=40)
    preview = models.JSONField()
    made_at = models.DateTimeField()


class Quota(models.Model):
    """Doses published for one unit, group, product, dose rank and day."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("campaign", "day", "unit_id", "group_code", "product", "dose_rank")
    campaign = models.CharField(max_length=60)
    day = models.DateField()
    unit_id = models.BigIntegerField()
    group_code = models.CharField(max_length=40)
    product = models.CharField(max_length=24)
    dose_rank = models.SmallIntegerField()
    doses = models.IntegerField()
    run_id = models.UUIDField()
