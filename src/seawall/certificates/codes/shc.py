"""SMART Health Card: a FHIR bundle, deflated, signed as a compact JWS, its characters as pairs of digits.

https://spec.smarthealth.cards: `iss`, `nbf`, `exp`, `vc.rid` for revocation; nothing but name, birth date and doses.
"""

import json
import zlib
from typing import Any

from joserfc import jws

from .keys import Signer, text
from .proof import Given, Proof, partial

PREFIX = "shc:/"
TYPES = ("health-card", "immunization")
CVX = "http://hl7.org/fhir/sid/cvx"
REGISTRY = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
RAW_DEFLATE = -15
DIGITS = {chr(code): f"{code - 45:02}" for code in range(45, 123)}


def rid(proof: Proof) -> str:
    """The number by which it is revoked: 22 characters."""
    return text(proof.certificate.bytes)


def encode(proof: Proof, signer: Signer) -> str:
    """The text of the code: `shc:/` and digits."""
    body = json.dumps(payload(proof), ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, RAW_DEFLATE)
    packed = packer.compress(body) + packer.flush()
    header = {"alg": "ES256", "zip": "DEF", "kid": signer.kid}
    return PREFIX + "".join(
        map(DIGITS.__getitem__, jws.serialize_compact(header, packed, signer.jwk, registry=REGISTRY))
    )


def payload(proof: Proof) -> dict[str, Any]:
    """The claims of the card."""
    patient = {
        "resourceType": "Patient",
        "name": [{"text": proof.name}],
        "birthDate": partial(proof.birth, proof.birth_precision),
    }
    entries = [patient, *map(_immunization, proof.doses)]
    return {
        "iss": proof.address,
        "nbf": int(proof.issued_at.timestamp()),
        "exp": int(proof.expires_at.timestamp()),
        "vc": {
            "type": [f"https://smarthealth.cards#{kind}" for kind in TYPES],
            "rid": rid(proof),
            "credentialSubject": {
                "fhirVersion": "4.0.1",
                "fhirBundle": {
                    "resourceType": "Bundle",
                    "type": "collection",
                    "entry": [{"fullUrl": f"resource:{n}", "resource": entry} for n, entry in enumerate(entries)],
                },
            },
        },
    }


def _immunization(dose: Given) -> dict[str, Any]:
    """A vaccine without a CVX code is named."""
    coded: dict[str, Any] = {"coding": [{"system": CVX, "code": dose.cvx}]} if dose.cvx else {"text": dose.vaccine}
    made = {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": coded,
        "patient": {"reference": "resource:0"},
        "occurrenceDateTime": partial(dose.given_on, dose.precision),
    }
    told = {"performer": [{"actor": {"display": dose.place}}] if dose.place else None, "lotNumber": dose.lot}
    return made | {key: value for key, value in told.items() if value}
