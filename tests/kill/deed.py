"""One act with one fact, in whatever database the environment names: `python -m tests.kill.deed`."""

from datetime import UTC, date, datetime
from uuid import uuid4

import django

django.setup()

from seawall.staff.services import posts_assign  # noqa: E402
from seawall.terms.actor import Actor, Reach  # noqa: E402
from seawall.terms.staff import PostAssign, Scope  # noqa: E402

WHO = Actor(0, 0, "OPERATOR", frozenset({"posts_assign"}), Reach(everywhere=True))
POST = PostAssign(
    act=uuid4(), occurred_at=datetime.now(UTC), role="SECTOR_OFFICER", person="某人", valid_from=date(2021, 1, 1),
    scopes=(Scope(kind="sector", ref="HEALTH"),),
)  # fmt: skip

(outcome,) = posts_assign(WHO, [POST])
assert outcome.done, outcome.refusal
