"""The closed words of the schedule tables and the stable reason codes that judging answers with."""

from enum import IntEnum, StrEnum

from seawall.terms.codes import DueStatus


class Level(StrEnum):
    """Who made a rule. Rules of several levels apply together, so the strictest wins."""

    INTERNATIONAL = "international"
    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"


LEVELS = tuple(Level)


class Choose(StrEnum):
    """How one series is chosen among those a person may follow."""

    EARLIEST_START = "earliest_start"  # the series whose first counted dose came first
    MOST_COMPLETE = "most_complete"  # complete first, then most counted doses, then earliest finish


CHOICES = tuple(Choose)


class Kind(StrEnum):
    PRIMARY = "primary"
    BOOSTER = "booster"


class Use(StrEnum):
    """Preferred products are offered before allowed ones; both count."""

    PREFERRED = "preferred"
    ALLOWED = "allowed"


class Relation(StrEnum):
    """The product of a dose against the last counted dose."""

    ANY = "any"
    SAME_PRODUCT = "same_product"
    SAME_PLATFORM = "same_platform"
    OTHER_PLATFORM = "other_platform"


RELATIONS = tuple(Relation)


class From(StrEnum):
    """What an interval is measured from."""

    PREVIOUS = "previous"  # the last dose given, whatever its verdict
    COUNTED = "counted"  # the last dose that counted
    DOSE = "dose"  # dose:2, the counted dose at that place
    PRODUCT = "product"  # product:BIBP or platform:INACT, the last one given
    CONDITION = "condition"  # condition:INFECTED, its first day


FROMS = tuple(From)


class Effect(StrEnum):
    """What a condition does to the next dose."""

    FORBID = "forbid"
    DEFER = "defer"
    FINISH = "finish"  # so many doses after it finish the primary series
    IMMUNE = "immune"  # nothing more is needed
    NOTE = "note"  # nothing by itself; offers and intervals may name it


EFFECTS = tuple(Effect)


class Outcome(IntEnum):
    """How bad a finding about one dose is; the worst one names the verdict."""

    VALID = 0
    NOTE = 1
    GRACE = 2
    REVIEW = 3  # counts until somebody decides otherwise
    UNSURE = 4  # counts, but the person's answer is for a person to give
    NOT_VALID = 5
    EXTRA = 6
    OTHER = 7  # a vaccine of another target


OUTCOMES = {"note": Outcome.NOTE, "grace": Outcome.GRACE, "review": Outcome.REVIEW, "not_valid": Outcome.NOT_VALID}
VERDICTS = ("valid", "valid", "valid_by_grace", "review", "review", "not_valid", "extra", None)
STATUSES = tuple(status.value for status in DueStatus)


REASONS = (
    "",
    "DOSE_VALID",
    "DOSE_LATE",
    "DOSE_GRACE",
    "DOSE_SPACING",
    "DOSE_INTERVAL_SHORT",
    "DOSE_DATE_UNCERTAIN",
    "DOSE_PRODUCT_UNKNOWN",
    "DOSE_PRODUCT_NOT_ALLOWED",
    "DOSE_PLATFORM_MIXED",
    "DOSE_PRODUCT_AGE",
    "DOSE_TOO_YOUNG",
    "DOSE_TOO_OLD",
    "DOSE_AGE_GRACE",
    "DOSE_AGE_UNCERTAIN",
    "DOSE_SAME_DAY",
    "DOSE_BEFORE_BIRTH",
    "DOSE_IN_FUTURE",
    "DOSE_AFTER_SERIES",
    "DOSE_NOT_IN_FORCE",
    "DOSE_OUTSIDE_SEASON",
    "DOSE_NO_SERIES",
    "DOSE_OTHER_VACCINE",
    "DOSE_VOLUME",
    "DUE_FIRST",
    "DUE_NEXT",
    "DUE_BOOSTER",
    "DUE_REPAIR",
    "DUE_LATER",
    "DUE_REPAIR_LATER",
    "DUE_OVERDUE",
    "DUE_COMPLETE",
    "DUE_NOT_OFFERED_YET",
    "DUE_NOT_OFFERED_AGE",
    "DUE_NOT_OFFERED_GROUP",
    "DUE_AGE_UNCERTAIN",
    "DUE_TOO_OLD",
    "DUE_NO_PRODUCT",
    "DUE_NO_SERIES",
    "DUE_OUTSIDE_SEASON",
    "DUE_CONDITION_FORBIDS",
    "DUE_CONDITION_DEFERS",
    "DUE_IMMUNE",
)
R = {code: number for number, code in enumerate(REASONS)}
