"""The secrets of an installation: made once, whole, and never empty; and what an earlier key sealed can be read until it is sealed anew."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from allauth.mfa.models import Authenticator

from seawall.people import selectors as people
from seawall.people.models import Document, Person
from seawall.people.services import document_end, document_link, person_correct, persons_register
from seawall.platform import keyring, rotation, secrets, sql
from seawall.reference.selectors import leaves
from seawall.reference.services import city_load
from seawall.staff.models import Account
from seawall.staff.sign_in import SecondFactors
from seawall.terms.codes import Sex
from seawall.terms.people import DocumentGiven, PersonCorrect, PersonRegister
from seawall.terms.rosters import DocumentEnd, DocumentLink
from tests.clinic.world import resident_id

BIRTH = date(1980, 5, 1)
PHONE = "13800138000"


def test_starts_at_the_same_moment_keep_one_secret(tmp_path):
    with ThreadPoolExecutor(8) as starts:
        made = set(starts.map(lambda _: keyring.kept_secret(tmp_path / "keys" / "data"), range(32)))
    assert len(made) == 1 and len(made.pop()) == 64
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["data"]
    assert (tmp_path / "keys" / "data").stat().st_mode & 0o077 == 0


def test_an_empty_secret_is_no_secret(tmp_path):
    (tmp_path / "data").touch()
    with pytest.raises(keyring.KeysUnreadable):
        keyring.kept_secret(tmp_path / "data")


def test_a_key_that_cannot_be_kept_is_one_sentence_before_any_setting_is_read(tmp_path):
    (tmp_path / "keys").touch()
    env = {"PATH": "", "SEAWALL_VAR": str(tmp_path), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "-m", "seawall.interfaces.cli.main", "init", "--city", "los-rios"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert f"The key {tmp_path}/keys/session cannot be kept there" in done.stderr


def test_a_new_key_stands_beside_the_old(tmp_path):
    first = keyring.kept_secret(tmp_path / "data")
    assert keyring.add(tmp_path / "data") == 2
    keys = keyring.read((tmp_path / "data").read_text(), "")
    assert list(keys) == [1, 2] and keys[1] == first and keys[2] != first
    assert keyring.read(keyring.written(keys), "") == keys


@pytest.mark.parametrize("text", ["", "0:a", "1:a,1:b", "300:a"])
def test_what_is_no_keyring_is_not_read_as_one(text):
    with pytest.raises(keyring.KeysUnreadable):
        keyring.read(text, "SEAWALL_DATA_KEY")


@pytest.fixture
def keys(settings) -> Iterator[object]:
    """Sets the keys of this installation."""

    def put(text: str) -> None:
        settings.DATA_KEY = text
        secrets.forget()

    put("1:old")
    yield put
    secrets.forget()


@pytest.fixture
def known(keys, db, anyone, act, noon) -> list[int]:
    """Five persons with a document and a telephone, one corrected, and an account with a second factor, under the old key."""
    city_load("chongqing")
    leaf = leaves(noon.date())[0].area_id
    items = [
        PersonRegister(
            act=act("p", n), occurred_at=noon, name="张三丰", sex=Sex.MALE, birth=BIRTH, leaf_id=leaf, phone=PHONE,
            documents=(DocumentGiven(kind="RESIDENT_ID", number=resident_id(BIRTH, n)),),
        )
        for n in range(5)
    ]  # fmt: skip
    ids = [int(o.answer["person_id"]) for o in persons_register(anyone, items)]
    change = PersonCorrect(act=act("c"), occurred_at=noon, person_id=ids[0], phone="13900139000", reason="换号")
    assert person_correct(anyone, [change])[0].done
    account = Account.objects.create(username="somebody")
    Authenticator.objects.create(
        user=account, type="totp", data={"secret": SecondFactors().encrypt("JBSWY3DPEHPK3PXP")}
    )
    return ids


def numbered(n: int) -> DocumentGiven:
    return DocumentGiven(kind="RESIDENT_ID", number=resident_id(BIRTH, n))


def found(known: list[int]) -> bool:
    return [people.identify(resident_id(BIRTH, n), BIRTH) for n in range(5)] == known


def under() -> set[int]:
    """Numbers of the keys under which anything rests."""
    return {bytes(row)[0] for table in (Document.objects.values_list("number_sealed", flat=True),
                                        Person.objects.values_list("phone_sealed", flat=True)) for row in table}  # fmt: skip


def test_numbers_are_found_and_refused_under_both_keys_while_they_are_sealed_anew(
    known, keys, anyone, act, noon, monkeypatch
):
    monkeypatch.setattr(rotation, "BATCH", 2)
    keys("1:old,2:new")
    again = PersonRegister(
        act=act("twin"), occurred_at=noon, name="张三丰", sex=Sex.MALE, birth=BIRTH, leaf_id=1, documents=(numbered(4),)
    )
    batches = rotation.rotate()
    for _ in range(3):  # stopped in the middle
        next(batches)
    batches.close()
    assert under() == {1, 2} and rotation.waits()
    assert found(known)
    leaf = Person.objects.get(pk=known[0]).leaf_id
    for n in (0, 4):
        twin = PersonRegister(
            act=act("twin", n), occurred_at=noon, name="张三丰", sex=again.sex, birth=BIRTH, leaf_id=leaf,
            documents=(numbered(n),),
        )  # fmt: skip
        (outcome,) = persons_register(anyone, [twin])
        assert outcome.refusal and outcome.refusal.code == "DOCUMENT_KNOWN"
    sum(rotation.rotate())
    assert under() == {2} and not rotation.waits()
    keys("2:new")
    assert found(known)
    secret = Authenticator.objects.get().data["secret"]
    assert SecondFactors().decrypt(secret) == "JBSWY3DPEHPK3PXP"
    ((kept,),) = sql.fetch("SELECT phone_sealed FROM people_personcorrection")
    assert secrets.decrypt(kept).endswith(PHONE)


def test_a_document_ended_and_shown_again_between_the_keys_stays_one(known, keys, anyone, act, noon):
    mask = Document.objects.get(person_id=known[0]).mask
    end = DocumentEnd(
        act=act("end"), occurred_at=noon, person_id=known[0], kind="RESIDENT_ID", mask=mask, reason="LOST"
    )
    (outcome,) = document_end(anyone, [end])
    assert outcome.done, outcome.refusal
    keys("1:old,2:new")
    given = numbered(0)
    link = DocumentLink(act=act("l"), occurred_at=noon, person_id=known[0], kind=given.kind, number=given.number)
    (outcome,) = document_link(anyone, [link])
    assert outcome.done, outcome.refusal
    assert sum(rotation.rotate()) > 0
    assert list(Document.objects.filter(person_id=known[0]).values_list("valid", flat=True)) == [True]
