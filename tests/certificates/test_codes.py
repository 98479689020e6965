"""A certificate made here is read back from a picture and verified by libraries of others; whatever was touched is not."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import cwt
import joserfc.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.certificates.codes import dcc, keys, pictures, shc
from seawall.certificates.codes.proof import Given, Proof
from seawall.certificates.tables import dcc_codes
from seawall.people.names import spelt
from seawall.terms.codes import Precision

from . import readers

NOW = datetime.now(UTC)


def made() -> tuple[keys.Signer, dict[str, str], dict[str, str]]:
    """A key, and how it is published: as JWK, and on the trust list."""
    key = keys.make("Chongqing", "CN", NOW - timedelta(days=1), NOW + timedelta(days=10))
    jwk = {"kty": "EC", "crv": "P-256", "kid": key.kid, "x": key.x, "y": key.y}
    listed = {"kid": readers.b64encode(key.dcc_kid), "rawData": readers.b64encode(key.x509)}
    return keys.signer(key.kid, key.dcc_kid, key.pem), jwk, listed


def proof(name: str = "曾丽", doses: int = 2, ago: int = 0, spelt_as: str = "ZENG LI", place: str = "Daping") -> Proof:
    rows = tuple(
        Given(date(2021, 3, n + 1), Precision.DAY, "BIBP", "510", dcc_codes()["510"], "202103B1001", place, "CN", n + 1)
        for n in range(doses)
    )
    at = NOW - timedelta(days=ago)
    return Proof(
        certificate=uuid4(), name=name, spelt=spelt_as, birth=date(1970, 5, 1), birth_precision=Precision.DAY, doses=rows,
        of=2, issuer="Chongqing", address="https://proof.example", country="CN", issued_at=at,
        expires_at=at + timedelta(days=365),
    )  # fmt: skip


SIGNER, JWK, LISTED = made()
OTHER, OTHER_JWK, OTHER_LISTED = made()


def test_a_smart_health_card_is_read_from_its_picture_and_holds_the_fields_of_the_standard_alone():
    text = shc.encode(told := proof(), SIGNER)
    (seen,) = readers.scanned(readers.picture(pictures.shc(text)))
    assert seen == text
    claims = readers.shc(seen, [OTHER_JWK, JWK])
    patient, *doses = [e["resource"] for e in claims["vc"]["credentialSubject"]["fhirBundle"]["entry"]]
    assert patient == {"resourceType": "Patient", "name": [{"text": "曾丽"}], "birthDate": "1970-05-01"}
    assert [d["occurrenceDateTime"] for d in doses] == ["2021-03-01", "2021-03-02"]
    assert doses[0]["vaccineCode"] == {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "510"}]}
    assert set(doses[0]) <= {
        "resourceType", "status", "vaccineCode", "patient", "occurrenceDateTime", "performer", "lotNumber",
    }  # fmt: skip
    assert claims["iss"] == "https://proof.example" and claims["vc"]["rid"] == shc.rid(told)


def test_an_eu_certificate_is_read_from_its_picture_and_says_dose_n_of_n():
    text = dcc.encode(proof(), SIGNER)
    (seen,) = readers.scanned(readers.picture(pictures.dcc(text)))
    assert seen == text
    body = readers.dcc(seen, [OTHER_LISTED, LISTED])[-260][1]
    assert body["nam"] == {"fn": "曾丽", "fnt": "ZENG<LI"}
    (dose,) = body["v"]
    assert (dose["dn"], dose["sd"], dose["dt"], dose["mp"]) == (2, 2, "2021-03-02", "BBIBP-CorV")
    assert set(dose) == {"tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci"}


@pytest.mark.parametrize("at", [20, 60, 200, 400, -3])
def test_one_character_changed_is_refused(at):
    card, hc1 = shc.encode(proof(), SIGNER), dcc.encode(proof(), SIGNER)
    touched = readers.jws_of(card)
    touched = touched[:at] + ("A" if touched[at] != "A" else "B") + touched[at + 1 :]
    with pytest.raises(Exception):  # noqa: B017 - whatever the library says of it
        readers.shc("shc:/" + "".join(f"{ord(c) - 45:02}" for c in touched), [JWK])
    other = hc1[:at] + ("A" if hc1[at] != "A" else "B") + hc1[at + 1 :]
    with pytest.raises(Exception):  # noqa: B017 - base45, zlib, CBOR or the signature
        readers.dcc(other, [LISTED])


def test_a_key_that_is_not_published_proves_nothing():
    with pytest.raises((joserfc.errors.JoseError, ValueError)):
        readers.shc(shc.encode(proof(), OTHER), [JWK])
    with pytest.raises(ValueError, match="key is not found"):
        readers.dcc(dcc.encode(proof(), OTHER), [LISTED])


def test_an_expired_certificate_is_refused():
    with pytest.raises(cwt.VerifyError, match="expired"):
        readers.dcc(dcc.encode(proof(ago=366), SIGNER), [LISTED])
    assert readers.shc(shc.encode(proof(ago=366), SIGNER), [JWK])["exp"] < NOW.timestamp()


def test_a_vaccine_without_a_word_in_the_eu_lists_has_a_card_alone():
    told = proof(doses=1)
    (dose,) = told.doses
    unnamed = Given(dose.given_on, dose.precision, "Inactivated, WIBP", "", None, dose.lot, dose.place, dose.country, 1)
    bare = Proof(**{f: getattr(told, f) for f in told.__dataclass_fields__} | {"doses": (unnamed,)})
    assert dcc.encode(bare, SIGNER) == ""
    resource = readers.shc(shc.encode(bare, SIGNER), [JWK])["vc"]["credentialSubject"]["fhirBundle"]["entry"][1]
    assert resource["resource"]["vaccineCode"] == {"text": "Inactivated, WIBP"}


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1, max_size=50)


@settings(max_examples=40, deadline=None)
@given(NAMES, NAMES, st.integers(1, 4))
def test_a_name_of_any_script_and_length_comes_back_as_it_was_written(name, place, doses):
    told = proof(name, doses, spelt_as=spelt(name), place=place)
    card, hc1 = shc.encode(told, SIGNER), dcc.encode(told, SIGNER)
    assert readers.scanned(readers.picture(pictures.shc(card))) == [card]
    assert readers.scanned(readers.picture(pictures.dcc(hc1))) == [hc1]
    bundle = readers.shc(card, [JWK])["vc"]["credentialSubject"]["fhirBundle"]
    assert bundle["entry"][0]["resource"]["name"] == [{"text": name}]
    given_name = readers.dcc(hc1, [LISTED])[-260][1]["nam"]
    assert given_name["fn"] == name
    assert set(given_name["fnt"]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("曾丽", "ZENG LI"), ("吕梅", "LYU MEI"), ("欧阳晓华", "OUYANG XIAOHUA"), ("买买提·艾力", "MAIMAITI AILI"),
        ("María José Núñez", "MARIA JOSE NUNEZ"), ("Иван Петров", "IVAN PETROV"), ("Nguyễn Văn", "NGUYEN VAN"),
        ("Ødegård-Łąska", "ODEGARD LASKA"), ("王", "WANG"),
    ],
)  # fmt: skip
def test_a_name_is_spelt_as_a_machine_reads_it(name, latin):
    assert spelt(name) == latin
