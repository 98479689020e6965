"""Keys that sign: made, followed by the next, taken off the lists."""

from datetime import timedelta

from seawall.platform import secrets, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal
from seawall.terms.certificates import SigningKeyMake, SigningKeyRetire
from seawall.terms.codes import KeyState, Owner

from ..codes import keys as made
from ..codes.keys import Made, Signer
from ..models import SigningKey
from ..tables import limit

SIGNS = "SELECT kid, dcc_kid, private_sealed FROM certificates_signingkey WHERE state = 'signs' FOR SHARE"
ENDED = """
UPDATE certificates_signingkey SET state = 'listed', ended_at = %s, private_sealed = NULL WHERE state = 'signs' RETURNING kid
"""
CARRIES = """
SELECT count(*) FROM certificates_certificate WHERE kid = %s AND state <> 'revoked' AND expires_at > %s
"""
RETIRED = "UPDATE certificates_signingkey SET state = 'retired', ended_at = %s, private_sealed = NULL WHERE kid = %s"
REVOKED = """
UPDATE certificates_certificate SET state = 'revoked', reason = 'key', ended_at = %s WHERE kid = %s AND state <> 'revoked'
"""
LOOKS = 5
EARLIER = timedelta(days=1)  # clocks of those who check may be behind ours


@verb(Owner.CITY, zh="启用新的签名密钥", en="Make a signing key")
def signing_key_make(w: Work, items: list[SigningKeyMake]) -> Answers:
    """Make a key that signs from now on. The one before is destroyed but for its public part, which stays on the lists."""
    answers: Answers = {}
    for item in items:
        before = sql.fetch(ENDED, [w.recorded_at])
        answers[item.act] = {"key": add(w), "before": before[0][0] if before else ""}
    return answers


@verb(Owner.CITY, zh="撤下签名密钥", en="Retire a signing key", destroys=True)
def signing_key_retire(w: Work, items: list[SigningKeyRetire]) -> Answers:
    """Take a key off the lists: whatever it signed is unknown from then on. Of a compromised key every certificate is revoked."""
    answers: Answers = {}
    for item in items:
        state = sql.fetch("SELECT state FROM certificates_signingkey WHERE kid = %s FOR UPDATE", [item.key])
        answers[item.act] = _refusal(w, item, state[0][0] if state else None) or {"key": item.key}
        if isinstance(answers[item.act], Refusal):
            continue
        count = sql.execute(REVOKED, [w.recorded_at, item.key]) if item.compromised else 0
        sql.execute(RETIRED, [w.recorded_at, item.key])
        answers[item.act] = {"key": item.key, "revoked": count}
    return answers


def _refusal(w: Work, item: SigningKeyRetire, state: str | None) -> Refusal | None:
    if state in (None, KeyState.RETIRED):
        return Refusal("KEY_NOT_LISTED", {"key": item.key})
    if item.compromised:
        return None
    if state == KeyState.SIGNS:
        return Refusal("KEY_SIGNS", {"key": item.key})
    ((count,),) = sql.fetch(CARRIES, [item.key, w.recorded_at])
    return Refusal("KEY_STILL_CARRIES", {"key": item.key, "count": count}) if count else None


def add(w: Work) -> str:
    """A new key in the table, which signs; its number."""
    city = reference.city()
    since = w.recorded_at
    key = made.make(city.name.en, city.country, since - EARLIER, since + limit("key"))
    _insert(w, key)
    return key.kid


def _insert(w: Work, key: Made) -> None:
    columns = ("kid", "dcc_kid", "x", "y", "x509", "private_sealed", "state", "made_at")
    row = (key.kid, key.dcc_kid, key.x, key.y, key.x509, secrets.encrypt(key.pem), KeyState.SIGNS, w.recorded_at)
    sql.insert(SigningKey, columns, [row])


def _looked() -> list[tuple[str, bytes, bytes]]:
    """A key that was followed while we waited for it is gone from what the statement sees: the next sees its follower."""
    return next((rows for _ in range(LOOKS) if (rows := sql.fetch(SIGNS))), [])


def signer(w: Work) -> Signer | None:
    """The key that signs; made at the first use of an installation. None where the last one was taken off the lists."""
    found = _looked()
    if not found and not SigningKey.objects.exists():
        add(w)
    found = found or _looked()  # another may have made the first key between the two questions
    if not found:
        return None
    kid, dcc_kid, sealed = found[0]
    return made.signer(kid, bytes(dcc_kid), secrets.decrypt(sealed))
