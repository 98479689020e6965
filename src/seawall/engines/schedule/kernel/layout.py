"""The numbers that tables and kernel share: columns of the integer tables, slots of memory and answer, codes of words."""

from typing import Final

from ..words import EFFECTS, FROMS, REASONS, RELATIONS, STATUSES, Effect, From, Outcome, Relation

NONE: Final = -1_000_000  # an absent number, date or length of time
EVER: Final = 10_000_000  # a day after every day
UNKNOWN, NOTHING = -1, -2  # a vaccine nobody knows; no vaccine yet
MOST_PLACES: Final = 16  # doses of one series
MOST_VACCINES: Final = 62  # products and groups of others share the bits of one integer

# The rules of one target are one table of integers, wide enough for every kind of row. Its first row says where the
# others lie, then come the vaccines. Lengths of time take two columns: months, then days.
WIDTH: Final = 18
VACCINES: Final = 1
H_CHOOSE, H_SEASONAL, H_SERIES, H_CONDITIONS, H_SPACING, H_SEASONS = 0, 1, 2, 4, 6, 8  # the last four: start and end
S_FIRST, S_LAST, S_PRIMARY, S_SEX, S_MIN, S_BELOW, S_PRIOR_MIN, S_PRIOR_MAX = 0, 1, 2, 3, 4, 6, 8, 9
S_RULE, S_FROM, S_TO, S_NUMBER = 10, 11, 12, 13
P_WIN, P_OPT, P_AGE, P_INT, P_OFF = 0, 2, 4, 6, 8  # each a start and an end
P_BOOSTER, P_LIMITED = 10, 11  # limited: some rows say who is offered the dose, in force or not
V_FROM, V_TO, V_RULE = 0, 1, 2  # the same in every rule table
W_SKIP_AGE, W_SKIP_LAST = 3, 5
O_PRODUCT, O_RELATION, O_USE, O_MIN, O_BELOW, O_OUTCOME, O_REASON, O_VOLUME = 3, 4, 5, 6, 8, 10, 11, 12
A_ACCEPT, A_MIN, A_REC, A_LATE, A_OVER, A_BELOW, A_OUTCOME = 3, 5, 7, 9, 11, 13, 15
I_MASK, I_AFTER, I_ARG, I_ACCEPT, I_MIN, I_REC, I_LATE, I_OVER, I_OUTCOME = 3, 4, 5, 6, 8, 10, 12, 14, 16
F_LEVEL, F_SEX, F_MIN, F_BELOW, F_COND, F_BORN_FROM, F_BORN_TO = 3, 4, 5, 7, 9, 10, 11
C_COND, C_EFFECT, C_MASK, C_DOSES = 3, 4, 5, 6
G_OWN, G_OTHER, G_SAME_DAY, G_ACCEPT, G_MIN, G_OUTCOME = 3, 4, 5, 6, 8, 10
K_PLATFORM, K_MIN, K_BELOW, K_OWN = 0, 1, 3, 5
N_FROM, N_TO, N_RULE = 0, 1, 2

# Columns of the people: births, doses, conditions.
B_LOW, B_HIGH, B_SEX = 0, 1, 2
L_LOW, L_HIGH, L_VACCINE, L_VOLUME = 0, 1, 2, 3  # volume in microlitres, NONE when unknown
Y_KIND, Y_SINCE, Y_UNTIL = 0, 1, 2

MONTH: Final = 30  # a date known to the month may be a day and so many days after it, or fewer
TOO_YOUNG_TO_START, CLOSED = (
    -1,
    -2,
)  # why a series cannot start: before its first age; past its last one, or not in force

# What a series remembers while it is walked.
(M_NEXT, M_COUNT, M_LAST_LO, M_LAST_HI, M_LAST_VACCINE, M_PREV_LO, M_PREV_HI, M_FIRST, M_COMPLETE, M_UNSURE,
 M_UNSURE_RULE, M_REPAIR, M_GIVEN, M_PRIOR, M_UNSURE_START) = range(15)  # fmt: skip
M_SIZE = 15
# What is known before a stretch: the dose before, how many were given, and how many of them counted.
E_PREV_LO, E_PREV_HI, E_GIVEN, E_PRIOR = range(4)
E_SIZE = 4
# What the forecast answers.
(D_STATUS, D_RANK, D_EARLIEST, D_RECOMMENDED, D_OVERDUE, D_LATEST, D_PREFERRED, D_ALLOWED, D_REASON, D_RULE, D_GIVEN,
 D_COMPLETE, D_NEEDED, D_DEFERRED, D_SERIES) = range(15)  # fmt: skip
D_SIZE = 15

# Products stand in the bits of one integer; answers are kept in 32 bits each, so a set of products takes two.
HALF: Final = 31
D_PREFERRED_HIGH, D_ALLOWED_HIGH = 15, 16
D_STORED = 17

# Words as numbers.
X_VALID, X_NOTE, X_GRACE, X_REVIEW, X_UNSURE, X_NOT_VALID, X_EXTRA, X_OTHER = (int(outcome) for outcome in Outcome)
DUE, NOT_YET, OVERDUE, COMPLETE, DEFERRED, CONTRAINDICATED, INELIGIBLE, REVIEW = range(len(STATUSES))
FORBID, DEFER, FINISH, IMMUNE = (EFFECTS.index(e) for e in (Effect.FORBID, Effect.DEFER, Effect.FINISH, Effect.IMMUNE))
PREVIOUS, COUNTED, DOSE, PRODUCT, CONDITION = (
    FROMS.index(f) for f in (From.PREVIOUS, From.COUNTED, From.DOSE, From.PRODUCT, From.CONDITION)
)
ANY, SAME_PRODUCT, SAME_PLATFORM, OTHER_PLATFORM = (
    RELATIONS.index(r) for r in (Relation.ANY, Relation.SAME_PRODUCT, Relation.SAME_PLATFORM, Relation.OTHER_PLATFORM)
)
EARLIEST_START, MOST_COMPLETE = 0, 1
DOSE_VALID: Final = REASONS.index("DOSE_VALID")
DOSE_LATE: Final = REASONS.index("DOSE_LATE")
DOSE_GRACE: Final = REASONS.index("DOSE_GRACE")
DOSE_SPACING: Final = REASONS.index("DOSE_SPACING")
DOSE_INTERVAL_SHORT: Final = REASONS.index("DOSE_INTERVAL_SHORT")
DOSE_DATE_UNCERTAIN: Final = REASONS.index("DOSE_DATE_UNCERTAIN")
DOSE_PRODUCT_UNKNOWN: Final = REASONS.index("DOSE_PRODUCT_UNKNOWN")
DOSE_PRODUCT_NOT_ALLOWED: Final = REASONS.index("DOSE_PRODUCT_NOT_ALLOWED")
DOSE_PLATFORM_MIXED: Final = REASONS.index("DOSE_PLATFORM_MIXED")
DOSE_PRODUCT_AGE: Final = REASONS.index("DOSE_PRODUCT_AGE")
DOSE_TOO_YOUNG: Final = REASONS.index("DOSE_TOO_YOUNG")
DOSE_TOO_OLD: Final = REASONS.index("DOSE_TOO_OLD")
DOSE_AGE_GRACE: Final = REASONS.index("DOSE_AGE_GRACE")
DOSE_AGE_UNCERTAIN: Final = REASONS.index("DOSE_AGE_UNCERTAIN")
DOSE_SAME_DAY: Final = REASONS.index("DOSE_SAME_DAY")
DOSE_BEFORE_BIRTH: Final = REASONS.index("DOSE_BEFORE_BIRTH")
DOSE_IN_FUTURE: Final = REASONS.index("DOSE_IN_FUTURE")
DOSE_AFTER_SERIES: Final = REASONS.index("DOSE_AFTER_SERIES")
DOSE_NOT_IN_FORCE: Final = REASONS.index("DOSE_NOT_IN_FORCE")
DOSE_OUTSIDE_SEASON: Final = REASONS.index("DOSE_OUTSIDE_SEASON")
DOSE_NO_SERIES: Final = REASONS.index("DOSE_NO_SERIES")
DOSE_OTHER_VACCINE: Final = REASONS.index("DOSE_OTHER_VACCINE")
DOSE_VOLUME: Final = REASONS.index("DOSE_VOLUME")
DUE_FIRST: Final = REASONS.index("DUE_FIRST")
DUE_NEXT: Final = REASONS.index("DUE_NEXT")
DUE_BOOSTER: Final = REASONS.index("DUE_BOOSTER")
DUE_REPAIR: Final = REASONS.index("DUE_REPAIR")
DUE_LATER: Final = REASONS.index("DUE_LATER")
DUE_REPAIR_LATER: Final = REASONS.index("DUE_REPAIR_LATER")
DUE_OVERDUE: Final = REASONS.index("DUE_OVERDUE")
DUE_COMPLETE: Final = REASONS.index("DUE_COMPLETE")
DUE_NOT_OFFERED_YET: Final = REASONS.index("DUE_NOT_OFFERED_YET")
DUE_NOT_OFFERED_AGE: Final = REASONS.index("DUE_NOT_OFFERED_AGE")
DUE_NOT_OFFERED_GROUP: Final = REASONS.index("DUE_NOT_OFFERED_GROUP")
DUE_AGE_UNCERTAIN: Final = REASONS.index("DUE_AGE_UNCERTAIN")
DUE_TOO_OLD: Final = REASONS.index("DUE_TOO_OLD")
DUE_NO_PRODUCT: Final = REASONS.index("DUE_NO_PRODUCT")
DUE_NO_SERIES: Final = REASONS.index("DUE_NO_SERIES")
DUE_OUTSIDE_SEASON: Final = REASONS.index("DUE_OUTSIDE_SEASON")
DUE_CONDITION_FORBIDS: Final = REASONS.index("DUE_CONDITION_FORBIDS")
DUE_CONDITION_DEFERS: Final = REASONS.index("DUE_CONDITION_DEFERS")
DUE_IMMUNE: Final = REASONS.index("DUE_IMMUNE")
