"""What a rehearsal remembers of itself: which steps are whole, and what it planted on purpose."""

from typing import ClassVar

from django.db import models


class Step(models.Model):
    """A whole step of the rehearsal: "load persons", "2021-03-24". What is not here is done again, act by act."""

    owner: ClassVar[str] = "none"

    name = models.CharField(max_length=40, primary_key=True)
    seconds = models.FloatField()


class Plant(models.Model):
    """Something made to go wrong, with the code of the refusal or alarm that must answer it."""

    owner: ClassVar[str] = "none"

    act = models.UUIDField(primary_key=True)
    day = models.DateField()
    kind = models.CharField(max_length=24)
    code = models.CharField(max_length=48)
    person_id = models.BigIntegerField(null=True)
    site_id = models.BigIntegerField(null=True)
    lot = models.CharField(max_length=40, blank=True)
    trace = models.CharField(max_length=50, blank=True)  # the trace code scanned
    answer = models.CharField(max_length=48, blank=True)

    class Meta:
        indexes = [models.Index(fields=["day"], name="plant_day")]


class Citizen(models.Model):
    """A few rehearsed persons whom the start page offers to be."""

    owner: ClassVar[str] = "none"

    person_id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=50)
    birth = models.DateField()
    unit_zh = models.CharField(max_length=60)
    unit_en = models.CharField(max_length=100)


class Living(models.Model):
    """How far a rehearsal has come that somebody started from the console; one row."""

    owner: ClassVar[str] = "none"

    id = models.SmallIntegerField(primary_key=True, default=1)
    running = models.BooleanField()
    day = models.DateField()
    until = models.DateField()
    step = models.CharField(max_length=20, blank=True)
    share = models.FloatField()
    stopped = models.JSONField(null=True)  # code and parameters of what stopped it
    beat = models.DateTimeField()
