"""A tablet as the server meets it: keys of its own, a bundle that it opens, acts that it signs and sends."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwe, jws
from joserfc.jwk import ECKey, KeySet

from seawall.clinic import services as clinic
from seawall.terms.actor import Actor, Reach
from seawall.terms.visits import TabletEnrol
from tests.clinic.world import CAMPAIGN, World, done

from .pages import Visitor

Json = dict[str, Any]
LONGEST = 10_000_000  # bytes of a bundle
CHECKS = [
    "HEALTH_AND_CONTRAINDICATIONS", "CERTIFICATE_OR_RECORD", "VACCINE_SYRINGE_LOT_EXPIRY", "NAME", "AGE", "VACCINE",
    "SPECIFICATION", "DOSE", "BODY_SITE", "ROUTE", "RECIPIENT_VERIFIED",
]  # fmt: skip


@dataclass
class Signed:
    """A signer: the post, and both keys that a PIN would unlock."""

    post: int
    signing: ECKey
    sealing: ECKey


@dataclass
class Tablet:
    """One device; `sent` are the acts it made, in order, as JWS."""

    hall: World
    tablet: UUID = field(default_factory=uuid4)
    signers: dict[int, Signed] = field(default_factory=dict)
    n: int = 0

    @property
    def base(self) -> str:
        return f"/console/tablet/{self.hall.site}/"

    def enrol(self, visitor: Visitor, name: str = "Station 1", **more: Any) -> Any:
        """The post that the visitor holds becomes a signer; the answer of the server."""
        signing, sealing = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
        told = {"act": str(uuid4()), "tablet": str(self.tablet), "name": name, "signing": signing.as_dict(private=False),
                "sealing": sealing.as_dict(private=False)}  # fmt: skip
        answer = visitor.client.post(f"{self.base}enrol", json.dumps(told | more), content_type="application/json")
        if answer.status_code == 200:
            post = answer.json()["post"]
            self.signers[post] = Signed(post, signing, sealing)
        return answer

    def enrol_as(self, post: int) -> None:
        """The same without a page: a post with an account of its own."""
        actor = Actor(post, post, "", frozenset({"tablet_enrol"}), Reach(sites=frozenset({self.hall.site})))
        signed = Signed(post, ECKey.generate_key("P-256"), ECKey.generate_key("P-256"))
        keys = {name: json.dumps(getattr(signed, name).as_dict(private=False)) for name in ("signing", "sealing")}
        done(
            clinic.tablet_enrol(
                actor, [TabletEnrol(**self.hall.base(), site_id=self.hall.site, tablet=self.tablet, name="T", **keys)]
            )
        )
        self.signers[post] = signed

    def sign(self, post: int, said: Json) -> str:
        head = {"alg": "ES256", "kid": f"{self.tablet}/{post}"}
        text: str = jws.serialize_compact(head, json.dumps(said).encode(), self.signers[post].signing)
        return text

    def fetch(self, client: Any, post: int, waiting: int = 0) -> Any:
        said = {"tablet": str(self.tablet), "post": post, "at": self.hall.now.isoformat(), "waiting": waiting}
        return client.post(f"{self.base}bundle", self.sign(post, said), content_type="application/jose")

    def bundle(self, client: Any, post: int) -> Json:
        """Opened with the signer's key, and proven with the server's."""
        answer = self.fetch(client, post)
        assert answer.status_code == 200, answer.content
        return self.open(client, post, answer.json())

    def open(self, client: Any, post: int, letter: Json) -> Json:
        mine = [r for r in letter["recipients"] if r["header"]["kid"] == f"{self.tablet}/{post}"]
        roomy = jwe.JWERegistry(algorithms=["ECDH-ES+A256KW", "A256GCM"])
        roomy.max_ciphertext_length = LONGEST
        opened = jwe.decrypt_json({**letter, "recipients": mine}, self.signers[post].sealing, registry=roomy)
        keys = KeySet.import_key_set(client.get(f"{self.base}key").json())
        long = jws.JWSRegistry()
        long.max_payload_length = LONGEST
        signed = jws.deserialize_compact((opened.plaintext or b"").decode(), keys, registry=long)
        told: Json = json.loads(gzip.decompress(signed.payload))
        return told

    def act(self, post: int, verb: str, item: Json, person: str | None = None) -> str:
        self.n += 1
        said = {"n": self.n, "verb": verb, "item": item, "at": self.hall.now.isoformat()}
        return self.sign(post, said | ({"person": person} if person else {}))

    def send(self, client: Any, acts: list[str]) -> Any:
        told = {"tablet": str(self.tablet), "at": self.hall.now.isoformat(), "acts": acts}
        return client.post(f"{self.base}sync", json.dumps(told), content_type="application/json")


@dataclass
class Hand:
    """Writes the items of one encounter, minutes after noon."""

    hall: World
    post: Callable[[str], int]
    at: float = 0

    def item(self, minutes: float, **more: Any) -> Json:
        moment = self.hall.now + timedelta(minutes=self.at + minutes)
        return {"act": str(uuid4()), "occurred_at": moment.isoformat(), "site_id": self.hall.site, **more}

    def arrival(self, person: int, appointment: str | None = None, **more: Any) -> Json:
        given = {"person_id": person, "campaign": CAMPAIGN, "appointment": appointment, "identity": "document"}
        return self.item(0, **(given | more))

    def screening(self, visit: str, **more: Any) -> Json:
        consent = {"version": "COVID19-2021-1", "language": "zh-hans", "signer": "self", "agreed": True}
        given = {
            "visit": visit,
            "clinician_post_id": self.post("screener"),
            "outcome": "recommended",
            "celsius": 36.5,
            "consent": consent,
        }
        return self.item(3, **(given | more))

    def dose(self, visit: str, code: str, **more: Any) -> Json:
        given = {
            "visit": visit,
            "code": code,
            "product": "BIBP",
            "vaccinator_post_id": self.post("vaccinator"),
            "checks": CHECKS,
        }
        return self.item(6, **(given | more))

    def end(self, visit: str, **more: Any) -> Json:
        return self.item(40, visit=visit, doctor_post_id=self.post("observer"), **more)
