"""Tables of the certificates room: keys that sign, certificates, and batches of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class SigningKey(models.Model):
    """A P-256 key: its public part as published, its private part sealed while it signs."""

    owner: ClassVar[str] = "none"

    kid = models.CharField(max_length=43, primary_key=True)  # thumbprint of RFC 7638
    dcc_kid = models.BinaryField()  # first 8 bytes of the SHA-256 of the X.509 certificate
    x = models.CharField(max_length=43)
    y = models.CharField(max_length=43)
    x509 = models.BinaryField()
    private_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["state"], name="key_signs", condition=Q(state="signs"))]


class Certificate(models.Model):
    """What was proven to whom: which lines of the history with which rank, in two codes that rest sealed."""

    owner: ClassVar[str] = "person"
    owner_field: ClassVar[str] = "person_id"

    pk = models.CompositePrimaryKey("person_id", "certificate")
    person_id = models.BigIntegerField()
    certificate = models.UUIDField()  # by dice: it stands in public lists
    act = models.UUIDField()
    programme = models.CharField(max_length=32)
    kid = models.CharField(max_length=43)
    lines = models.JSONField()  # act of the dose -> its rank
    holder = models.BinaryField()  # digest of name and birth
    dose_rank = models.SmallIntegerField()
    of = models.SmallIntegerField()
    codes_sealed = models.BinaryField()
    state = models.CharField(max_length=10, db_default="valid")
    reason = models.CharField(max_length=16, blank=True, db_default="")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "programme"], name="certificate_valid", condition=Q(state="valid")
            )
        ]
        indexes = [
            models.Index(fields=["certificate"], name="certificate_number"),
            models.Index(fields=["kid"], name="certificate_revoked", condition=Q(state="revoked")),
        ]


class Batch(models.Model):
    """Certificates for everybody with a dose of a programme: how far, and after whom it goes on."""

    owner: ClassVar[str] = "none"

    batch = models.UUIDField(primary_key=True)
    programme = models.CharField(max_length=32)
    post_id = models.BigIntegerField()
    state = models.CharField(max_length=8, db_default="waiting")
    total = models.IntegerField()
    done = models.IntegerField(db_default=0)
    refused = models.IntegerField(db_default=0)
    after = models.BigIntegerField(db_default=0)
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()
