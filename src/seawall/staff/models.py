"""Accounts, posts, their scopes, and credentials."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Account(AbstractUser):
    """A person who signs in; what they may do comes from the posts they hold."""

    owner: ClassVar[str] = "none"

    act = models.UUIDField(null=True, unique=True)
    session_epoch = models.IntegerField(db_default=0)

    def get_session_auth_hash(self) -> str:
        """A session holds until the password changes, or the epoch: signing out everywhere begins a new one."""
        return f"{super().get_session_auth_hash()}.{self.session_epoch}"


class Post(models.Model):
    """A role held by somebody for a span of days."""

    owner: ClassVar[str] = "none"

    act = models.UUIDField(unique=True)
    role = models.CharField(max_length=40)
    person = models.CharField(max_length=60)
    title_zh = models.CharField(max_length=80, blank=True)
    title_en = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=24, blank=True)
    account_id = models.BigIntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["role"], name="post_role"),
            models.Index(fields=["account_id"], name="post_account"),
        ]


class PostScope(models.Model):
    """One thing that a post covers, for a purpose, for a span of days."""

    owner: ClassVar[str] = "post"
    owner_field: ClassVar[str] = "post_id"

    pk = models.CompositePrimaryKey("post_id", "kind", "ref", "purpose", "valid_from")
    post_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    ref = models.CharField(max_length=40)
    purpose = models.CharField(max_length=24, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "ref"], name="scope_of")]


class Credential(models.Model):
    """A certificate, with the span in which it counts."""

    owner: ClassVar[str] = "post"
    owner_field: ClassVar[str] = "post_id"

    pk = models.CompositePrimaryKey("post_id", "act")
    post_id = models.BigIntegerField()
    act = models.UUIDField()
    kind = models.CharField(max_length=24)
    programme = models.CharField(max_length=40, blank=True)
    age_group = models.CharField(max_length=24, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    exam = models.CharField(max_length=60, blank=True)


class Token(models.Model):
    """What a machine shows instead of signing in: only the digest of its secret is kept."""

    owner: ClassVar[str] = "post"
    owner_field: ClassVar[str] = "post_id"

    pk = models.CompositePrimaryKey("post_id", "act")
    post_id = models.BigIntegerField()
    act = models.UUIDField()
    name = models.CharField(max_length=60)
    digest = models.BinaryField()
    grants = ArrayField(models.CharField(max_length=40), default=list)
    valid_from = models.DateField()
    valid_to = models.DateField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
