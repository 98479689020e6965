"""Slow, versioned tables that every room may point at: areas, units, places, products, releases, calendar, census."""

from typing import ClassVar

from django.db import models
from django.db.models import CASCADE, PROTECT, Q, UniqueConstraint


class Dated(models.Model):
    """A fact with its validity (`valid_to` is the last day it holds), its source and how sure we are."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=160, blank=True)
    mark = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True


class Area(models.Model):
    """An area through all its names and codes: the whole (depth 0), what lies in it, down to the leaves where people live."""

    owner: ClassVar[str] = "none"

    origin = models.CharField(max_length=40, unique=True)
    level = models.CharField(max_length=20)
    depth = models.SmallIntegerField(default=0)
    leaf = models.BooleanField(default=False)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    km2 = models.FloatField(null=True)


class AreaName(Dated):
    """Code, names and parent of an area for a span of days; a code may be another area's at another time."""

    owner: ClassVar[str] = "none"

    area = models.ForeignKey(Area, CASCADE, related_name="+")
    code = models.CharField(max_length=12)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    names = models.JSONField(default=dict)  # in the city's further languages, by language code
    parent = models.ForeignKey(Area, PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["area", "valid_from"], name="area_name_once")]
        indexes = [models.Index(fields=["code", "valid_from"], name="area_name_code")]


class AreaSuccession(models.Model):
    """One area gave way to another."""

    owner: ClassVar[str] = "none"

    before = models.ForeignKey(Area, CASCADE, related_name="+")
    after = models.ForeignKey(Area, CASCADE, related_name="+")
    on_day = models.DateField()
    source = models.CharField(max_length=160, blank=True)
    mark = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["before", "after"], name="area_succession_once")]


class AreaCover(models.Model):
    """Which leaves lie in an area on which days: the closure of parents, so that a scope is read by one join."""

    owner: ClassVar[str] = "none"

    ancestor = models.ForeignKey(Area, CASCADE, related_name="+")
    leaf = models.ForeignKey(Area, CASCADE, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["ancestor", "leaf", "valid_from"], name="area_cover_once")]


class ReportingUnit(Dated):
    """Who reports: a cell of the planning partition, or an overlay that holds no cell."""

    owner: ClassVar[str] = "none"

    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    parent_division = models.ForeignKey(Area, PROTECT, null=True, related_name="+")
    included_in_parent = models.BooleanField()


class UnitLeaf(Dated):
    """A leaf belongs to a unit for a span of days."""

    owner: ClassVar[str] = "none"

    unit = models.ForeignKey(ReportingUnit, CASCADE, related_name="+")
    leaf = models.ForeignKey(Area, CASCADE, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["unit", "leaf", "valid_from"], name="unit_leaf_once")]


class Place(models.Model):
    """Whoever holds stock, and the virtual far ends of a movement. A site's id is its place id."""

    owner: ClassVar[str] = "none"

    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    leaf = models.ForeignKey(Area, PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(ReportingUnit, PROTECT, null=True, related_name="+")
    synthetic = models.BooleanField(default=False)


class Supplier(models.Model):
    """The store that supplies a place over some days, `lead_days` before what it sends is used there.

    A site without a row is supplied by the nearest store: see `levels`.
    """

    owner: ClassVar[str] = "none"

    place = models.ForeignKey(Place, CASCADE, related_name="+")
    supplier = models.ForeignKey(Place, PROTECT, related_name="+")
    lead_days = models.SmallIntegerField(default=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["place", "valid_from"], name="supplier_once"),
            models.CheckConstraint(condition=~Q(place=models.F("supplier")), name="supplier_is_another"),
        ]


class Facility(models.Model):
    """A hospital: its grade decides whether a temporary site may lean on it."""

    owner: ClassVar[str] = "none"

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    grade = models.SmallIntegerField()
    leaf = models.ForeignKey(Area, PROTECT, related_name="+")
    green_channel = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=False)


class Product(Dated):
    """A vaccine as licensed, whose intervals are rules and live in the schedules; or ancillary goods, without platform and series."""

    owner: ClassVar[str] = "none"

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, db_default="vaccine")
    platform = models.CharField(max_length=12)
    maker_zh = models.CharField(max_length=60)
    maker_en = models.CharField(max_length=80)
    doses_per_series = models.SmallIntegerField()
    volume_ml = models.FloatField()
    cvx = models.CharField(max_length=6, blank=True)
    status = models.CharField(max_length=60, blank=True)


class ProductName(Dated):
    """What a product is called for a span of days."""

    owner: ClassVar[str] = "none"

    product = models.ForeignKey(Product, CASCADE, related_name="+")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)

    class Meta:
        constraints = [UniqueConstraint(fields=["product", "valid_from"], name="product_name_once")]


class ProductPack(Dated):
    """A pack size of a product; one is the usual."""

    owner: ClassVar[str] = "none"

    product = models.ForeignKey(Product, CASCADE, related_name="+")
    doses_per_pack = models.SmallIntegerField()
    usual = models.BooleanField()
    code_kind = models.CharField(max_length=10, default="china-20")
    code_head = models.CharField(max_length=14, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["product", "doses_per_pack", "valid_from"], name="product_pack_once"),
            UniqueConstraint(fields=["product"], condition=Q(usual=True, valid_to=None), name="product_pack_usual"),
        ]


class ProductNeed(Dated):
    """Ancillary goods needed with doses of a vaccine (`*`: of any that has no row of its own), for a site's day, or at a site.

    `units` for each `of`; `wastage`: how many are sent for one that is used.
    """

    owner: ClassVar[str] = "none"

    good = models.ForeignKey(Product, CASCADE, related_name="+")
    product = models.CharField(max_length=20)
    per = models.CharField(max_length=6)
    units = models.SmallIntegerField()
    of = models.SmallIntegerField()
    wastage = models.FloatField()

    class Meta:
        constraints = [UniqueConstraint(fields=["good", "product", "per", "valid_from"], name="product_need_once")]


class RuleRelease(models.Model):
    """An immutable snapshot of a rule folder, known by the hash of its content."""

    owner: ClassVar[str] = "none"

    hash = models.CharField(max_length=64, primary_key=True)
    programme = models.CharField(max_length=40)
    number = models.IntegerField()
    name = models.CharField(max_length=80)
    released_on = models.DateField()
    folder = models.TextField()

    class Meta:
        constraints = [UniqueConstraint(fields=["programme", "number"], name="release_number")]


class Programme(models.Model):
    """A programme that people are judged by: it has releases, and a day from which it is in use here."""

    owner: ClassVar[str] = "none"

    code = models.CharField(max_length=40, primary_key=True)
    used_since = models.DateField()


class CalendarDay(models.Model):
    """What kind of day a date is, with the holiday's name."""

    owner: ClassVar[str] = "none"

    day = models.DateField(primary_key=True)
    kind = models.CharField(max_length=16)
    name_zh = models.CharField(max_length=40, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=160)


class CityRelease(models.Model):
    """A city's folder as it was loaded, known by the hash of its content; the highest number is in force."""

    owner: ClassVar[str] = "none"

    hash = models.CharField(max_length=64)
    number = models.IntegerField(primary_key=True)
    code = models.CharField(max_length=40)
    document = models.CharField(max_length=40)
    loaded_at = models.DateTimeField()
    files = models.JSONField()


class CensusFigure(models.Model):
    """The residents of an area or of a planning unit at the census that the city goes by."""

    owner: ClassVar[str] = "none"

    scope = models.CharField(max_length=10)
    code = models.CharField(max_length=12)
    year = models.SmallIntegerField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["scope", "code"], name="census_figure_once")]
