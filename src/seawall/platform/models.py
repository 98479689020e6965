"""Tables of the platform: acts (audit, idempotency and answer in one row), seals, facts, looks, the clock, tries, what a database is."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Cast


class CurrentTransaction(Func):
    """Number of the running transaction, so that a sealer knows which rows can no longer change."""

    function = "pg_current_xact_id"
    output_field = models.TextField()
    template = "%(function)s()::text"


class Act(models.Model):
    """One act, done or refused, by its client's id: who, what, when, a digest of its content, and the answer that a repeat gets."""

    owner: ClassVar[str] = "any"
    owner_field: ClassVar[str] = "owner_id"

    pk = models.CompositePrimaryKey("owner_kind", "owner_id", "act", "verb")
    owner_kind = models.CharField(max_length=12)
    owner_id = models.BigIntegerField()
    act = models.UUIDField()
    verb = models.CharField(max_length=40)
    digest = models.BinaryField()
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    purpose = models.CharField(max_length=24)
    device = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    refusal = models.CharField(max_length=48, blank=True)
    answer = models.JSONField()
    tx = models.BigIntegerField(db_default=Cast(CurrentTransaction(), models.BigIntegerField()))

    class Meta:
        indexes = [
            models.Index(fields=["tx"], name="act_tx"),
            BrinIndex(fields=["recorded_at"], name="act_recorded", autosummarize=True),
        ]


class Seal(models.Model):
    """A link of the hash chain over acts: all acts of transactions in [tx_from, tx_to), in key order."""

    owner: ClassVar[str] = "none"

    sequence = models.BigIntegerField(primary_key=True)
    tx_from = models.BigIntegerField()
    tx_to = models.BigIntegerField()
    acts = models.BigIntegerField()
    previous = models.BinaryField()
    chained = models.BinaryField()
    sealed_at = models.DateTimeField()


class Epoch(models.Model):
    """Acts since this moment were recorded in this cluster; a dump restored into another goes on with a new epoch."""

    owner: ClassVar[str] = "none"

    number = models.IntegerField(primary_key=True)
    cluster = models.CharField(max_length=24)
    after_seal = models.BigIntegerField()
    opened_at = models.DateTimeField()


class Fact(models.Model):
    """Outbox: a fact announced with the change, delivered by the relay, ordered per owner."""

    owner: ClassVar[str] = "any"
    owner_field: ClassVar[str] = "owner_id"

    pk = models.CompositePrimaryKey("owner_kind", "owner_id", "act", "fact")
    owner_kind = models.CharField(max_length=12)
    owner_id = models.BigIntegerField()
    act = models.UUIDField()
    fact = models.CharField(max_length=40)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    turn = models.BigIntegerField(db_default=Func(Value("platform_fact_turn"), function="nextval"))
    delivered_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(db_default=0)
    failure = models.TextField(db_default="", blank=True)
    tx = models.BigIntegerField(db_default=Cast(CurrentTransaction(), models.BigIntegerField()))

    class Meta:
        indexes = [
            models.Index(fields=["tx", "turn"], name="fact_tx"),
            models.Index(F("turn"), name="fact_waiting", condition=models.Q(delivered_at__isnull=True)),
        ]


class Look(models.Model):
    """Somebody saw a person: one row per person shown."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "look")
    person_id = models.BigIntegerField()
    look = models.UUIDField()
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    purpose = models.CharField(max_length=24)
    page = models.CharField(max_length=40)
    revealed = ArrayField(models.CharField(max_length=16), default=list)
    looked_at = models.DateTimeField()


class Clock(models.Model):
    """The business clock: real, or simulated from `shown` since `anchored` (system time)."""

    owner: ClassVar[str] = "none"

    id = models.SmallIntegerField(primary_key=True)
    shown = models.DateTimeField()
    anchored = models.DateTimeField()
    running = models.BooleanField(default=True)


class Nature(models.Model):
    """Whether this database holds real or synthetic people: written once, at its creation."""

    owner: ClassVar[str] = "none"

    id = models.SmallIntegerField(primary_key=True)
    synthetic = models.BooleanField()
    seed = models.BigIntegerField(null=True)
    scale = models.FloatField(null=True)


class Zone(models.Model):
    """Where a civil day of this database begins and ends: the name of a time zone of the IANA database."""

    owner: ClassVar[str] = "none"

    id = models.SmallIntegerField(primary_key=True)
    name = models.CharField(max_length=60)


class Round(models.Model):
    """When relay (1), sealer (2), listener of loggers (3) and gateway (4) last did their round, by the system clock."""

    owner: ClassVar[str] = "none"

    id = models.SmallIntegerField(primary_key=True)
    done_at = models.DateTimeField()


class Canary(models.Model):
    """A known text sealed with a key of this installation: another key cannot open it."""

    owner: ClassVar[str] = "none"

    key = models.CharField(max_length=16, primary_key=True)
    sealed = models.BinaryField()


class Tries(models.Model):
    """How often somebody tried something until a moment of the system clock; unlogged, so that a crash forgets it."""

    owner: ClassVar[str] = "none"

    who = models.CharField(max_length=32, primary_key=True)
    tries = models.IntegerField()
    until = models.DateTimeField(db_index=True)


class Message(models.Model):
    """A message to somebody, on its way: what it says and where it goes is asked for when it is sent. The id is its idempotency key."""

    owner: ClassVar[str] = "any"
    owner_field: ClassVar[str] = "owner_id"

    pk = models.CompositePrimaryKey("owner_kind", "owner_id", "message")
    owner_kind = models.CharField(max_length=12)
    owner_id = models.BigIntegerField()
    message = models.UUIDField()
    channel = models.CharField(max_length=10)
    kind = models.CharField(max_length=24)
    params = models.JSONField(default=dict)
    rank = models.SmallIntegerField(default=0)  # who goes first where not all may go
    day = models.DateField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=48, blank=True, db_default="")
    attempts = models.SmallIntegerField(db_default=0)
    next_at = models.DateTimeField(null=True)  # by the system clock: a next try, or the end of a sender's claim
    reference = models.CharField(max_length=80, blank=True, db_default="")
    queued_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                F("channel"), F("rank").desc(), F("message"), name="message_waits",
                condition=models.Q(state__in=("waiting", "sending")),
            ),
            models.Index("message", name="message_id"),
            models.Index("day", "state", name="message_day"),
        ]  # fmt: skip


class DaySpend(models.Model):
    """What the messages of a channel have cost on a day, counted when a sender takes them."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("channel", "day")
    channel = models.CharField(max_length=10)
    day = models.DateField()
    spent = models.BigIntegerField(default=0)


class ReceiptPlace(models.Model):
    """Up to where the receipts of a channel's provider were read."""

    owner: ClassVar[str] = "none"

    channel = models.CharField(max_length=10, primary_key=True)
    place = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)


class Line(models.Model):
    """How far a waiting line is let in, by the system clock; numbers above `first` up to `last` share a draw by `seed`."""

    owner: ClassVar[str] = "none"

    line = models.CharField(max_length=20, primary_key=True)
    admitted = models.FloatField()
    pace = models.FloatField()  # let in a second, as measured when it last moved
    moved_at = models.DateTimeField()
    opens_at = models.DateTimeField(null=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField(null=True)  # none: the draw still gathers
    seed = models.BigIntegerField()
    most = models.FloatField(null=True)  # let in a second at most, as somebody set it
