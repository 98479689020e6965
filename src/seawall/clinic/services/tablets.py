"""Tablets of a site: who may sign on one, and one that is lost."""

import json
from collections.abc import Sequence
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from seawall.clinic.models import Tablet, TabletSigner
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.visits import TabletEnrol, TabletRevoke

KEYS = {"site_id": "bigint", "tablet": "uuid"}
KNOWN = f"""
SELECT t.site_id, t.tablet, t.revoked_at IS NOT NULL FROM clinic_tablet t
JOIN {sql.unnest(KEYS)} ON t.site_id = u.site_id AND t.tablet = u.tablet ORDER BY 1, 2 FOR UPDATE OF t
"""
REVOKE = f"""
UPDATE clinic_tablet t SET revoked_at = u.at, revoked_by = u.post FROM {sql.unnest(KEYS | {"at": "timestamptz", "post": "bigint"})}
WHERE t.site_id = u.site_id AND t.tablet = u.tablet
"""
HEARD = "UPDATE clinic_tablet SET seen_at = %s, waiting = %s, clock_off = %s WHERE site_id = %s AND tablet = %s"
CURVE, PUBLIC = "P-256", {"kty", "crv", "x", "y"}
Key = tuple[int, UUID]


@verb(Owner.SITE, zh="登记平板签名人", en="Enrol signers of tablets")
def tablet_enrol(w: Work, items: list[TabletEnrol]) -> Answers:
    """The post that acts may sign on the tablet from now on; a bundle is sealed by the keys given last."""
    known = _known(items)
    answers: Answers = {}
    taken: dict[Key, TabletEnrol] = {}
    for item in items:
        key = item.site_id, item.tablet
        if known.get(key):
            answers[item.act] = Refusal("TABLET_REVOKED", {"tablet": str(item.tablet)})
        elif not (_is_public(item.signing) and _is_public(item.sealing)):
            answers[item.act] = Refusal("TABLET_KEYS_WRONG", {"curve": CURVE})
        else:
            taken[key] = item
            answers[item.act] = {"tablet": str(item.tablet), "post": w.actor.post_id}
    new = [i for key, i in taken.items() if key not in known]
    columns = ("site_id", "tablet", "name", "by_post", "enrolled_at", "waiting", "clock_off")
    sql.insert(Tablet, columns, [(i.site_id, i.tablet, i.name, w.actor.post_id, w.recorded_at, 0, 0) for i in new])
    columns = ("site_id", "tablet", "post_id", "account_id", "signing", "sealing", "since")
    sql.insert(TabletSigner, columns, [
        (*key, w.actor.post_id, w.actor.account_id, i.signing, i.sealing, w.recorded_at) for key, i in taken.items()
    ])  # fmt: skip
    return answers


@verb(Owner.SITE, zh="注销平板", en="Revoke tablets", destroys=True)
def tablet_revoke(w: Work, items: list[TabletRevoke]) -> Answers:
    """A tablet gets nothing any more. What it still brings is taken, and then it wipes what it holds."""
    known = _known(items)
    answers: Answers = {}
    gone: dict[Key, TabletRevoke] = {}
    for item in items:
        key = item.site_id, item.tablet
        if key not in known or known[key] or key in gone:
            answers[item.act] = Refusal("TABLET_UNKNOWN", {"tablet": str(item.tablet)})
        else:
            gone[key] = item
            answers[item.act] = {"tablet": str(item.tablet)}
    rows = [(*key, w.recorded_at, w.actor.post_id) for key in gone]
    if rows:
        sql.execute(REVOKE, sql.turn(rows, 4))
    return answers


def tablet_heard(site_id: int, tablet: UUID, waiting: int, clock_off: int) -> None:
    """Note that a tablet was heard of: how many acts it still holds, and by how many seconds its clock is ahead."""
    sql.execute(HEARD, [clock.now(), waiting, clock_off, site_id, tablet])


def _known(items: Sequence[TabletEnrol | TabletRevoke]) -> dict[Key, bool]:
    """Tablets of these items that are there, locked, and whether they are revoked."""
    keys = sql.turn(sorted({(i.site_id, i.tablet) for i in items}), 2)
    return {(site, tablet): revoked for site, tablet, revoked in sql.fetch(KNOWN, keys)}


def _is_public(text: str) -> bool:
    """A public key on P-256 as a JWK; one with its private part is refused, whoever sends it."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if (
        not isinstance(told, dict)
        or not told.keys() >= PUBLIC
        or "d" in told
        or (told["kty"], told["crv"]) != ("EC", CURVE)
    ):
        return False
    try:
        return not ECKey.import_key({name: str(told[name]) for name in PUBLIC}).is_private
    except (JoseError, ValueError):
        return False
