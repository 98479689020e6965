"""Certificates of real records: issued once, superseded by the next dose, revoked by a correction, alive after rotation."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from seawall.certificates import selectors, services
from seawall.people import services as people
from seawall.platform import relay, rotation, secrets, sql
from seawall.terms.actor import Reach
from seawall.terms.certificates import (
    CertificateBatch,
    CertificateIssue,
    CertificateRevoke,
    SigningKeyMake,
    SigningKeyRetire,
)
from seawall.terms.codes import CertificateState, DoseSource, RevocationReason
from seawall.terms.people import DoseRecord, PersonCorrect
from seawall.terms.rosters import PersonMerge
from tests.clinic.world import PROGRAMME, done

from . import readers
from .conftest import FIRST, SECOND

pytestmark = pytest.mark.django_db


def codes(person, answer):
    return selectors.codes(person, UUID(str(answer["certificate"])))


def key_rows():
    return selectors.signing_keys()


def states(*persons):
    return [(row.state, row.reason) for row in reversed(selectors.of_persons(persons))]


def rids():
    return {rid for row in key_rows() if (found := selectors.revoked(row.kid)) for rid in found.rids}


def test_a_certificate_is_made_once_and_verified_from_what_is_published(today, issue):
    person = today.person()
    today.history(person, FIRST)
    today.history(person, SECOND)
    first, again = issue(person), issue(person)
    assert first == again and (first["dose_rank"], first["of"]) == (2, 2)
    texts = codes(person, first)
    card = readers.shc(texts["shc"], selectors.jwks())
    assert len(card["vc"]["credentialSubject"]["fhirBundle"]["entry"]) == 3
    claims = readers.dcc(texts["dcc"], selectors.trust_list())
    assert claims[1] == "CN" and claims[-260][1]["nam"]["fnt"] == "ZHANG<SANFENG"


def test_the_next_dose_supersedes_the_certificate_which_stays_true(today, issue):
    person = today.person()
    today.history(person, FIRST)
    assert issue(person)["dose_rank"] == 1
    today.history(person, SECOND)
    issue(person)
    assert states(person) == [(CertificateState.SUPERSEDED, ""), (CertificateState.VALID, "")]
    assert not rids()


def test_without_a_dose_that_counts_or_out_of_reach_nothing_is_made(today):
    nobody, person = today.person(), today.person()
    today.history(person, FIRST)
    item = CertificateIssue(**today.base(), person_id=nobody, programme=PROGRAMME)
    assert services.certificate_issue.one(today.actor, item).refusal.code == "NO_DOSE_TO_PROVE"
    stranger = replace(today.actor, reach=Reach(sites=frozenset({today.site})))
    item = CertificateIssue(**today.base(), person_id=person, programme=PROGRAMME)
    assert services.certificate_issue.one(stranger, item).refusal.code == "PERSON_NOT_IN_REACH"


def correct(today, person, act, **more):
    line = {"given_on": SECOND - timedelta(days=1), "product": "BIBP", "source": DoseSource.HISTORY} | more
    item = DoseRecord(**today.base(), person_id=person, programme=PROGRAMME, corrects=act, **line)
    done(people.dose_correct(today.actor, [item]))
    relay.deliver()
    relay.deliver()


def test_a_corrected_dose_revokes_what_told_it_and_makes_out_what_is_right(today, issue):
    person = today.person()
    today.history(person, FIRST)
    early = issue(person)
    today.history(person, SECOND)
    late = issue(person)
    (row, *_) = selectors.of_persons([person])
    line = next(UUID(act) for act, rank in row.lines.items() if rank == 2)
    correct(today, person, line)
    found = {str(row.certificate): (row.state, row.reason) for row in selectors.of_persons([person])}
    assert found.pop(str(early["certificate"])) == (CertificateState.SUPERSEDED, "")
    assert found.pop(str(late["certificate"])) == (CertificateState.REVOKED, "corrected")
    assert list(found.values()) == [(CertificateState.VALID, "")]
    assert len(rids()) == 1 and len(selectors.dcc_revoked()) == 1
    assert key_rows()[0].revoked == selectors.jwks()[0]["crlVersion"] == 1


def test_a_dose_taken_back_leaves_no_certificate(today, issue):
    person = today.person()
    today.history(person, FIRST)
    issue(person)
    (row,) = selectors.of_persons([person])
    correct(today, person, UUID(next(iter(row.lines))), withdrawn=True)
    assert states(person) == [(CertificateState.REVOKED, "corrected")]


def test_a_corrected_name_revokes_and_a_corrected_telephone_does_not(today, issue):
    person = today.person()
    today.history(person, FIRST)
    issue(person)
    for change in ({"phone": "13900001111"}, {"name": "张三峰"}):
        item = PersonCorrect(**today.base(), person_id=person, reason="misread", **change)
        done(people.person_correct(today.actor, [item]))
        relay.deliver()
    assert states(person) == [(CertificateState.REVOKED, "corrected"), (CertificateState.VALID, "")]


def test_a_merge_revokes_what_gave_a_dose_another_rank(today, issue):
    one, two = today.person(), today.person()
    today.history(one, SECOND)
    today.history(two, FIRST)
    issue(one)
    issue(two)
    done(
        people.person_merge(
            today.actor, [PersonMerge(**today.base(), person_id=one, into_id=two, reason="same document")]
        )
    )
    relay.deliver()
    relay.deliver()
    found = {row.person_id: row for row in selectors.of_persons([one])}
    assert (found[one].state, found[one].reason) == (CertificateState.REVOKED, "merged")
    current = [row for row in selectors.of_persons([two]) if row.state == CertificateState.VALID]
    assert [(row.dose_rank, row.of) for row in current] == [(2, 2)]


def test_rotation_keeps_what_the_key_before_signed(today, issue):
    person, other = today.person(), today.person()
    today.history(person, FIRST)
    today.history(other, FIRST)
    old = codes(person, issue(person))
    made = done(services.signing_key_make(today.actor, [SigningKeyMake(**today.base())]))[0].answer
    new = codes(other, issue(other))
    assert [row.state for row in key_rows()] == ["signs", "listed"] and made["before"] == key_rows()[1].kid
    for texts in (old, new):
        readers.shc(texts["shc"], selectors.jwks())
        readers.dcc(texts["dcc"], selectors.trust_list())
    ((rest,),) = sql.fetch("SELECT count(*) FROM certificates_signingkey WHERE private_sealed IS NOT NULL")
    assert rest == 1


def test_a_key_is_taken_off_the_lists_when_it_carries_nothing_or_was_compromised(today, issue):
    person = today.person()
    today.history(person, FIRST)
    old = codes(person, issue(person))

    def retire(key, compromised=False):
        item = SigningKeyRetire(**today.base(), key=key, compromised=compromised)
        return services.signing_key_retire.one(today.actor, item)

    (key,) = (row.kid for row in key_rows())
    assert retire(key).refusal.code == "KEY_SIGNS"
    done(services.signing_key_make(today.actor, [SigningKeyMake(**today.base())]))
    assert retire(key).refusal.code == "KEY_STILL_CARRIES"
    assert retire(key, compromised=True).answer["revoked"] == 1
    assert retire(key, compromised=True).refusal.code == "KEY_NOT_LISTED"
    with pytest.raises(Exception):  # noqa: B017 - the library knows no such key
        readers.shc(old["shc"], selectors.jwks())
    assert states(person) == [(CertificateState.REVOKED, "key")]
    issue(person)
    assert states(person)[-1] == (CertificateState.VALID, "")


def test_a_certificate_is_taken_back_once_for_a_reason(today, issue):
    person = today.person()
    today.history(person, FIRST)
    number = UUID(str(issue(person)["certificate"]))

    def revoke(**more):
        given = {"person_id": person, "certificate": number, "reason": RevocationReason.FRAUD} | more
        return services.certificate_revoke.one(today.actor, CertificateRevoke(**today.base(), **given))

    assert revoke(certificate=today.base()["act"]).refusal.code == "CERTIFICATE_UNKNOWN"
    assert revoke().done
    assert revoke().refusal.code == "CERTIFICATE_REVOKED"
    assert len(rids()) == 1


def test_a_batch_makes_out_everybodys_and_run_again_nothing_twice(today, monkeypatch):
    persons = today.persons(7)
    for person in persons[:6]:
        today.history(person, FIRST)
    monkeypatch.setattr("seawall.certificates.services.batches.AT_ONCE", 2)
    item = CertificateBatch(**today.base(), programme=PROGRAMME)
    batch = done(services.certificate_batch(today.actor, [item], here=True))[0].answer
    assert batch["total"] == 6
    services.batch_go(item.act, today.actor)
    (row,) = selectors.batches()
    assert (row.state, row.done, row.refused) == ("done", 6, 0)
    assert len(selectors.of_persons(persons)) == 6
    sql.execute("UPDATE certificates_batch SET state = 'running', after = 0")
    services.batch_go(item.act, today.actor)
    assert len(selectors.of_persons(persons)) == 6


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_costs_the_statements_of_one(today, django_assert_max_num_queries, count):
    persons = today.persons(count)
    for person in persons:
        today.history(person, FIRST)
    items = [CertificateIssue(**today.base(), person_id=p, programme=PROGRAMME) for p in persons]
    services.certificate_issue(today.actor, items[:1])
    with django_assert_max_num_queries(20):
        done(services.certificate_issue(today.actor, items))


def test_keys_and_codes_are_sealed_anew_with_the_data_key(today, issue, settings):
    person = today.person()
    today.history(person, FIRST)
    answer = issue(person)
    settings.DATA_KEY = f"1:{secrets.ring()[1]},2:{'ab' * 32}"
    secrets.forget()
    try:
        assert rotation.waits()
        list(rotation.rotate())
        ((key, code),) = sql.fetch(
            "SELECT private_sealed, codes_sealed FROM certificates_signingkey, certificates_certificate"
        )
        assert (bytes(key)[0], bytes(code)[0]) == (2, 2)
        readers.shc(codes(person, answer)["shc"], selectors.jwks())
    finally:
        settings.DATA_KEY = ""
        secrets.forget()
