"""One visit of one person to one site, its steps, and the closing of a site's day."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class SiteDay(models.Model):
    """The counter of tickets of one site and day, and the lock that a closing takes."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "day")
    site_id = models.BigIntegerField()
    day = models.DateField()
    tickets = models.IntegerField(default=0)
    closed = models.BooleanField(default=False)


class Visit(models.Model):
    """A person came. The times of the steps stand here too, so that a board reads one table.

    `called_to` is the station of the last call, `calls` how often the ticket was called to it.
    """

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "act")
    site_id = models.BigIntegerField()
    act = models.UUIDField()
    person_id = models.BigIntegerField()
    campaign = models.CharField(max_length=60)
    programme = models.CharField(max_length=24)
    appointment = models.UUIDField()
    walk_in = models.BooleanField()
    day = models.DateField()
    ticket = models.IntegerField()
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=48, blank=True)
    identity = models.CharField(max_length=12)
    second_person_post_id = models.BigIntegerField(null=True)
    dose_rank = models.SmallIntegerField()
    birth = models.DateField()
    arrived_at = models.DateTimeField()
    screened_at = models.DateTimeField(null=True)
    consented_at = models.DateTimeField(null=True)
    injected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    called_to = models.CharField(max_length=12, db_default="")
    desk = models.CharField(max_length=8, db_default="")
    calls = models.SmallIntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["day", "site_id"], name="visit_day"),
            models.Index(fields=["person_id"], name="visit_person"),
        ]


class Screening(models.Model):
    """Health inquiry: what a named clinician found and concluded."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "visit")
    site_id = models.BigIntegerField()
    visit = models.UUIDField()
    act = models.UUIDField()
    clinician_post_id = models.BigIntegerField()
    outcome = models.CharField(max_length=12)
    celsius = models.FloatField(null=True)
    findings = ArrayField(models.CharField(max_length=40), default=list)
    recheck_on = models.DateField(null=True)
    occurred_at = models.DateTimeField()


class Consent(models.Model):
    """Telling and asking: which text, in which language, who signed, and the answer."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "visit")
    site_id = models.BigIntegerField()
    visit = models.UUIDField()
    act = models.UUIDField()
    version = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    signer = models.CharField(max_length=12)
    agreed = models.BooleanField()
    by_post = models.BigIntegerField()
    occurred_at = models.DateTimeField()


class DoseEntry(models.Model):
    """What the law asks to be recorded of a dose.

    `checks` holds the checks that the vaccinator stated at that moment: bit n - 1 is row n of tables/checks.csv.
    """

    visit = models.UUIDField()
    person_id = models.BigIntegerField()
    programme = models.CharField(max_length=24)
    day = models.DateField()
    product = models.CharField(max_length=24)
    lot = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    dose_rank = models.SmallIntegerField()
    dose_number = models.SmallIntegerField()
    volume_ml = models.FloatField()
    arm = models.CharField(max_length=4)
    route = models.CharField(max_length=12)
    vaccinator_post_id = models.BigIntegerField()
    screener_post_id = models.BigIntegerField()
    checks = models.IntegerField()
    override_codes = ArrayField(models.CharField(max_length=48), default=list)
    override_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Injection(DoseEntry):
    """The dose as it was given. One visit has one at most."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "visit")
    site_id = models.BigIntegerField()
    act = models.UUIDField()
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["day", "site_id"], name="injection_day"),
            models.Index(fields=["lot"], name="injection_lot"),
        ]


class Reversal(DoseEntry):
    """A dose that was recorded and not given after all: all that was recorded, and who took it back, when and why."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "act")
    site_id = models.BigIntegerField()
    act = models.UUIDField()
    given_act = models.UUIDField()
    given_at = models.DateTimeField()
    reason = models.CharField(max_length=24)
    post_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()


class Correction(models.Model):
    """What is true of a dose instead of what was on record, and what was; it holds once another person has signed.

    `line` is the line of the history that holds since, where the correction wrote one; `put_back` the act by which stock took
    back the dose of the pack that was not used. The dose of the one that was is given up by the act that signed.
    """

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "act")
    site_id = models.BigIntegerField()
    act = models.UUIDField()
    visit = models.UUIDField()
    person_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=40, blank=True)
    arm = models.CharField(max_length=4, blank=True)
    given_at = models.DateTimeField(null=True)
    not_given = models.BooleanField()
    was_person_id = models.BigIntegerField()
    was_code = models.CharField(max_length=40)
    was_lot = models.CharField(max_length=40)
    was_arm = models.CharField(max_length=4)
    was_given_at = models.DateTimeField()
    note = models.CharField(max_length=200)
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    signed_act = models.UUIDField(null=True)
    signed_post_id = models.BigIntegerField(null=True)
    signed_at = models.DateTimeField(null=True)
    line = models.UUIDField(null=True)
    put_back = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site_id", "visit"], condition=models.Q(signed_at__isnull=True), name="correction_open_once"
            )
        ]


class Observation(models.Model):
    """The seat after the dose: until when, and how it ended."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "visit")
    site_id = models.BigIntegerField()
    visit = models.UUIDField()
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    risk = models.CharField(max_length=24)
    held = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    early_reason = models.CharField(max_length=200, blank=True)
    doctor_post_id = models.BigIntegerField(null=True)
    called_back_at = models.DateTimeField(null=True)
    call_back = models.CharField(max_length=16, db_default="")
    called_back_by = models.BigIntegerField(null=True)


class Incident(models.Model):
    """A dose that happened although a rule forbade it: recorded as it happened, judged, and followed up."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "act", "code")
    site_id = models.BigIntegerField()
    act = models.UUIDField()
    code = models.CharField(max_length=48)
    params = models.JSONField(default=dict)
    person_id = models.BigIntegerField()
    visit = models.UUIDField()
    state = models.CharField(max_length=12, default="open")
    opened_at = models.DateTimeField()


class Tablet(models.Model):
    """A device of a site that goes on without a network. A revoked one is told to wipe what it holds at its next contact."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "tablet")
    site_id = models.BigIntegerField()
    tablet = models.UUIDField()
    name = models.CharField(max_length=40)
    by_post = models.BigIntegerField()
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    waiting = models.IntegerField(default=0)
    clock_off = models.IntegerField(default=0)


class TabletSigner(models.Model):
    """A post whose holder may sign on a tablet: public keys (JWK, P-256) to check what they sign and to seal what they open.

    Keys given later stand beside the earlier ones, by which acts may be signed that are still to come.
    """

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "tablet", "post_id", "since")
    site_id = models.BigIntegerField()
    tablet = models.UUIDField()
    post_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    signing = models.CharField(max_length=400)
    sealing = models.CharField(max_length=400)
    since = models.DateTimeField()


class SyncConflict(models.Model):
    """An act of a tablet that could not be taken as it stands: kept sealed, with the reason, until somebody settles it."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "act", "verb")
    site_id = models.BigIntegerField()
    act = models.UUIDField()
    verb = models.CharField(max_length=40)
    tablet = models.UUIDField()
    post_id = models.BigIntegerField()
    visit = models.UUIDField(null=True)
    person_id = models.BigIntegerField(null=True)
    sealed = models.BinaryField()
    code = models.CharField(max_length=48)
    params = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    settled = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=200, blank=True)
    settled_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["site_id"], condition=models.Q(settled=""), name="sync_conflict_open"),
        ]


class Tally(models.Model):
    """Doses of a vial counted by age band in a street, and the houses of the team; nobody is named. Only its withdrawal is added."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "act")
    site_id = models.BigIntegerField()
    act = models.UUIDField()
    campaign = models.CharField(max_length=60)
    day = models.DateField()
    leaf_id = models.BigIntegerField()
    team = models.SmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    product = models.CharField(max_length=24, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    given = models.JSONField()  # doses by age band
    doses = models.IntegerField()
    zero_dose = models.IntegerField()
    marked = models.IntegerField()
    houses_visited = models.IntegerField()
    houses_closed = models.IntegerField()
    houses_absent = models.IntegerField()
    post_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    withdrawn_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["day", "site_id"], name="tally_day")]


class DayClosing(models.Model):
    """日清: a site's day in counts, closed only when people, doses and the ledger agree."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "day")
    site_id = models.BigIntegerField()
    day = models.DateField()
    act = models.UUIDField()
    arrived = models.IntegerField()
    deferred = models.IntegerField()
    turned_away = models.IntegerField()
    gone = models.IntegerField(db_default=0)
    given = models.IntegerField()
    tallied = models.IntegerField(db_default=0)  # doses counted without names, beside those given
    wasted = models.IntegerField()
    on_hand = models.IntegerField()
    by_post = models.BigIntegerField()
    closed_at = models.DateTimeField()


class DayClosingLine(models.Model):
    """One lot of a closed day: what the ledger says, what the clinic gave, what a hand counted."""

    owner: ClassVar[str] = "site"
    owner_field: ClassVar[str] = "site_id"

    pk = models.CompositePrimaryKey("site_id", "day", "lot")
    site_id = models.BigIntegerField()
    day = models.DateField()
    lot = models.CharField(max_length=40)
    product = models.CharField(max_length=24)
    given = models.IntegerField()
    on_hand = models.IntegerField()
    counted = models.IntegerField()
