"""Tables of the outreach room: whom we reach, by what words, and what they answered."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class PersonOwned(models.Model):
    """A row that belongs to one person."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    person_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Reminder(PersonOwned):
    """A line of a day's combing: why this person is to be reminded on this day."""

    pk = models.CompositePrimaryKey("person_id", "campaign", "day", "kind")
    campaign = models.CharField(max_length=60)
    day = models.DateField()
    kind = models.CharField(max_length=10)
    leaf_id = models.BigIntegerField()
    dose_rank = models.SmallIntegerField()
    since = models.DateField()
    site_id = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("campaign", "day", name="reminder_day")]


class Call(PersonOwned):
    """Somebody to call on, until an outcome is recorded, a seat is booked or a dose is given."""

    pk = models.CompositePrimaryKey("person_id", "campaign")
    campaign = models.CharField(max_length=60)
    leaf_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    dose_rank = models.SmallIntegerField()
    since = models.DateField()
    listed_on = models.DateField()
    answered = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index("leaf_id", "campaign", name="call_open", condition=Q(answered=False))]


class ContactAttempt(PersonOwned):
    """Somebody tried to reach a person, and what came of it. Never changed."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    campaign = models.CharField(max_length=60)
    leaf_id = models.BigIntegerField()
    way = models.CharField(max_length=10)
    result = models.CharField(max_length=16)
    hesitancy = models.CharField(max_length=16, blank=True)
    stance = models.CharField(max_length=12, blank=True)
    again_on = models.DateField(null=True)
    post_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("campaign", "leaf_id", "occurred_at", name="attempt_area")]


class Reason(PersonOwned):
    """Why a person is not vaccinated, by the last contact; `until` is the last day on which it holds."""

    pk = models.CompositePrimaryKey("person_id", "campaign")
    campaign = models.CharField(max_length=60)
    act = models.UUIDField()
    leaf_id = models.BigIntegerField()
    result = models.CharField(max_length=16)
    hesitancy = models.CharField(max_length=16, blank=True)
    stance = models.CharField(max_length=12, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index("campaign", "leaf_id", name="reason_area")]


class Homebound(PersonOwned):
    """A person cannot come to a site and agreed to be visited, until `ended_at`; who waits follows from it and from what is due."""

    person_id = models.BigIntegerField(primary_key=True)
    act = models.UUIDField()
    need = models.CharField(max_length=12)
    wish = models.CharField(max_length=10, blank=True)
    whereabouts_sealed = models.BinaryField(null=True)
    post_id = models.BigIntegerField()
    since = models.DateField()
    ended_at = models.DateTimeField(null=True)


class Round(models.Model):
    """A mobile site's day on the road: proposed, then accepted; then its people have appointments like everybody's."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "day")
    site_id = models.BigIntegerField()
    day = models.DateField()
    proposal = models.UUIDField()
    campaign = models.CharField(max_length=60)
    store_id = models.BigIntegerField()
    state = models.CharField(max_length=10)
    doses = models.JSONField()  # by product
    why = models.JSONField()  # the numbers that explain it
    proposed_by = models.BigIntegerField()
    accepted_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index("day", name="round_day")]


class Stop(models.Model):
    """Where a round stops, in the order of `turn`, and for whom."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "day", "stop")
    site_id = models.BigIntegerField()
    day = models.DateField()
    stop = models.SmallIntegerField()
    turn = models.SmallIntegerField()
    leaf_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    drive_minutes = models.SmallIntegerField()
    persons = ArrayField(models.BigIntegerField())


class MessageChoice(PersonOwned):
    """What a person said about messages on a channel, from a day to a day: wanted or not, in which language, at which address."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    channel = models.CharField(max_length=10)
    wanted = models.BooleanField()
    language = models.CharField(max_length=12, blank=True)
    address_sealed = models.BinaryField(null=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "channel"], condition=Q(until__isnull=True), name="message_choice_standing"
            )
        ]


class MessageTemplate(models.Model):
    """Words of a kind of message in a language, in force from a day once another post has approved them."""

    owner: ClassVar[str] = "none"

    act = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10)
    language = models.CharField(max_length=12)
    text = models.CharField(max_length=500)
    since = models.DateField()
    source = models.CharField(max_length=160)
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("kind", "language", "since", name="template_force")]


class MessageLimit(models.Model):
    """Quiet hours, cost of a message and most cost of a day of a channel, from a day on; money in hundredths."""

    owner: ClassVar[str] = "none"

    act = models.UUIDField(primary_key=True)
    channel = models.CharField(max_length=10)
    since = models.DateField()
    quiet_from = models.TimeField()
    quiet_until = models.TimeField()
    cost = models.IntegerField()
    cap = models.BigIntegerField()
    source = models.CharField(max_length=160)
    post_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("channel", "since", name="limit_force")]


class Notice(models.Model):
    """What the city tells the public: with source, date and last day; shown once another post has approved it."""

    owner: ClassVar[str] = "none"

    act = models.UUIDField(primary_key=True)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=160, blank=True)
    text_zh = models.CharField(max_length=2000)
    text_en = models.CharField(max_length=4000, blank=True)
    source = models.CharField(max_length=160)
    dated = models.DateField()
    until = models.DateField()
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("until", name="notice_until")]


class Question(models.Model):
    """A question, complaint or rumour, with its number, who answers and until when; public once answered for all."""

    owner: ClassVar[str] = "none"

    number = models.BigAutoField(primary_key=True)
    act = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10)
    language = models.CharField(max_length=12)
    text = models.CharField(max_length=1000)
    way = models.CharField(max_length=10)
    role = models.CharField(max_length=32)
    asked_at = models.DateTimeField()
    answer_due = models.DateTimeField()
    answer = models.CharField(max_length=2000, blank=True, db_default="")
    public_text = models.CharField(max_length=300, blank=True, db_default="")
    source = models.CharField(max_length=160, blank=True, db_default="")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("answer_due", name="question_open", condition=Q(answered_at__isnull=True))]
