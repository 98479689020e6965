"""Tables of the people room: who lives here and belongs where, what they were given, what they are due."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value


class PersonOwned(models.Model):
    """A row that belongs to one person."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    person_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Person(models.Model):
    """A person. The id never changes; `merged_into` names the person that an alias stands for (see Merge)."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "id"

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=50)
    name_key = models.CharField(max_length=120)
    sex = models.SmallIntegerField()
    birth = models.DateField()
    birth_precision = models.CharField(max_length=5)
    leaf_id = models.BigIntegerField()
    household_id = models.BigIntegerField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    guardian_id = models.BigIntegerField(null=True)
    witness = models.CharField(max_length=50, blank=True)
    state = models.CharField(max_length=8, default="active")
    merged_into = models.BigIntegerField(null=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["leaf_id"], name="person_leaf"),
            models.Index(
                F("birth"),
                Func(F("name_key"), Value(" "), Value(1), function="split_part"),
                name="person_birth_sound",
                include=["sex", "id"],
                condition=Q(merged_into__isnull=True),
            ),
            models.Index(fields=["household_id"], name="person_household", condition=Q(household_id__isnull=False)),
            models.Index(fields=["guardian_id"], name="person_guardian", condition=Q(guardian_id__isnull=False)),
            models.Index(fields=["merged_into"], name="person_alias", condition=Q(merged_into__isnull=False)),
        ]


class Document(PersonOwned):
    """A typed document: the number sealed, a keyed index to find it, a mask to show it."""

    pk = models.CompositePrimaryKey("person_id", "kind", "number_index")
    kind = models.CharField(max_length=24)
    number_index = models.BinaryField()
    number_sealed = models.BinaryField()
    mask = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    valid = models.BooleanField(default=True)
    disowned = models.BooleanField(default=False, db_default=False)  # linked by mistake: it names nobody
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=16, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["number_index"], name="document_number")]


class PersonCorrection(PersonOwned):
    """What stood of a person before a correction, with who changed it and why."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    name = models.CharField(max_length=50)
    sex = models.SmallIntegerField()
    birth = models.DateField()
    birth_precision = models.CharField(max_length=5)
    phone_sealed = models.BinaryField(null=True)
    reason = models.CharField(max_length=80)
    post_id = models.BigIntegerField()
    corrected_at = models.DateTimeField()


class Residence(PersonOwned):
    """An episode of living somewhere, being away, or having come in."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    leaf_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField(null=True)


class Household(models.Model):
    """People who live together."""

    owner: ClassVar[str] = "none"

    id = models.BigAutoField(primary_key=True)
    leaf_id = models.BigIntegerField()
    address = models.CharField(max_length=120, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["leaf_id"], name="household_leaf")]


class Organisation(models.Model):
    """A school, employer, village or any other body with members; may be part of another."""

    owner: ClassVar[str] = "none"

    id = models.BigAutoField(primary_key=True)
    uscc = models.CharField(max_length=18, blank=True)
    uscc_note = models.CharField(max_length=48, blank=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=32)
    sector = models.CharField(max_length=32)
    parent_id = models.BigIntegerField(null=True)
    leaf_id = models.BigIntegerField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["leaf_id"], name="organisation_leaf"),
            models.Index(fields=["uscc"], name="organisation_uscc"),
        ]


class Membership(PersonOwned):
    """A person belongs to an organisation from a day, until a day."""

    pk = models.CompositePrimaryKey("person_id", "organisation_id", "since")
    organisation_id = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    role = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation_id"], name="membership_organisation")]


class Contact(models.Model):
    """包保责任人: the post that answers for a household or for a whole leaf area."""

    owner: ClassVar[str] = "none"

    id = models.BigAutoField(primary_key=True)
    leaf_id = models.BigIntegerField()
    household_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["leaf_id"], name="contact_leaf")]


class MatchCandidate(PersonOwned):
    """Two persons who may be one; a person decides, never the program."""

    pk = models.CompositePrimaryKey("person_id", "other_id")
    other_id = models.BigIntegerField()
    reason = models.CharField(max_length=48)
    state = models.CharField(max_length=9, default="open")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)


class Merge(PersonOwned):
    """An alias: from now on `person_id` stands for `into_id`, until undone. Nothing else is rewritten."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    into_id = models.BigIntegerField()
    merged_at = models.DateTimeField()
    undone_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id"], name="merge_open", condition=Q(undone_by__isnull=True))
        ]


class DoseEvent(PersonOwned):
    """A line of the one dose history, for all sources. Never changed: a correction is another line."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    programme = models.CharField(max_length=32)
    given_on = models.DateField()
    precision = models.CharField(max_length=5)
    product = models.CharField(max_length=24, null=True)
    lot = models.CharField(max_length=32, null=True)
    source = models.CharField(max_length=10)
    evidence = models.CharField(max_length=80, blank=True)
    place_id = models.BigIntegerField(null=True)
    country = models.CharField(max_length=2)
    corrects = models.UUIDField(null=True)
    withdrawn = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "corrects"], name="dose_corrects", condition=Q(corrects__isnull=False))
        ]


class DoseVerdict(PersonOwned):
    """How a line in force was last judged; written anew with every change of the person's history."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    programme = models.CharField(max_length=32)
    dose_number = models.SmallIntegerField()
    dose_rank = models.SmallIntegerField(null=True)
    verdict = models.CharField(max_length=16)
    reason = models.CharField(max_length=48)
    rule = models.CharField(max_length=120)
    release = models.CharField(max_length=64)


class Due(PersonOwned):
    """What a person is due in a programme, medically, as of the last change. By date: `selectors.due_status_on`."""

    pk = models.CompositePrimaryKey("person_id", "programme")
    programme = models.CharField(max_length=48)
    status = models.CharField(max_length=16)
    dose_rank = models.SmallIntegerField(null=True)
    earliest = models.DateField(null=True)
    recommended = models.DateField(null=True)
    overdue_from = models.DateField(null=True)
    latest = models.DateField(null=True)
    products = ArrayField(models.CharField(max_length=24))
    reason = models.CharField(max_length=48)
    rule = models.CharField(max_length=120)
    release = models.CharField(max_length=64)
    doses_given = models.SmallIntegerField()
    complete_on = models.DateField(null=True)
    as_of = models.DateField()


class Condition(PersonOwned):
    """A finding that defers, forbids or changes doses; for one kind and first day the last row recorded counts."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    kind = models.CharField(max_length=32)
    since = models.DateField()
    until = models.DateField(null=True)
    recorded_at = models.DateTimeField()


class Import(models.Model):
    """A file taken in: read and judged row by row, shown, then committed; or replaced by a later judging of the same file."""

    owner: ClassVar[str] = "none"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16)
    filename = models.CharField(max_length=200)
    digest = models.BinaryField()
    organisation_id = models.BigIntegerField(null=True)
    programme = models.CharField(max_length=32, blank=True)
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    state = models.CharField(max_length=10, default="staged")
    rows = models.IntegerField()
    notes = models.JSONField(default=list)
    staged_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id"], name="import_organisation"),
            models.Index(fields=["digest"], name="import_digest"),
        ]


class ImportRow(models.Model):
    """One row of a staged file. The values are sealed: they hold names and numbers."""

    owner: ClassVar[str] = "none"

    pk = models.CompositePrimaryKey("import_id", "number")
    import_id = models.BigIntegerField()
    number = models.IntegerField()
    state = models.CharField(max_length=9)
    act = models.UUIDField()
    sealed = models.BinaryField()
    problems = models.JSONField(default=list)
    person_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["import_id", "state"], name="import_row_state")]


class EntryTicket(models.Model):
    """Somebody named a document and is asked for a code. One that nobody holds gets a ticket like any other, of nobody."""

    owner: ClassVar[str] = "none"

    ticket = models.UUIDField(primary_key=True)
    person_id = models.BigIntegerField(null=True)
    way = models.CharField(max_length=8)
    language = models.CharField(max_length=12)
    sent = models.BooleanField()
    tries = models.SmallIntegerField(default=0)
    until = models.DateTimeField(db_index=True)  # by the system clock, like what follows
    used_at = models.DateTimeField(null=True)


class DeskCode(PersonOwned):
    """A code on paper, made out by a desk where the person's document lay. The code itself is nowhere written."""

    pk = models.CompositePrimaryKey("person_id", "act")
    act = models.UUIDField()
    post_id = models.BigIntegerField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
