"""Certificates signed, encoded, sealed and written by a batch, beside the bare signatures that they need."""

from datetime import date
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from seawall.certificates import selectors, services
from seawall.people import services as people
from seawall.platform import sql
from seawall.terms.certificates import CertificateBatch
from seawall.terms.codes import DoseSource
from seawall.terms.people import DoseRecord

from ..clinic.world import PROGRAMME, World, done
from .doses import crowd
from .measure import ANYONE, Line, seconds

PERSONS, AT_ONCE = 5_000, 1_000
GOAL = 500  # a second, on two cores


def vaccinated(hall: World, count: int) -> None:
    """Everybody had two doses."""
    persons = crowd(hall, count)
    for day in (date(2021, 3, 1), date(2021, 3, 25)):
        lines = [
            DoseRecord(
                **hall.base(), person_id=p, programme=PROGRAMME, given_on=day, product="BIBP", lot="L1",
                source=DoseSource.HISTORY,
            )
            for p in persons
        ]  # fmt: skip
        for start in range(0, len(lines), AT_ONCE):
            done(people.dose_record(hall.actor, lines[start : start + AT_ONCE]))
    sql.execute("ANALYZE")  # as the database of a city that has lived has done by itself


def bare(count: int) -> float:
    """Two signatures for each certificate, and nothing else."""
    key, said = ec.generate_private_key(ec.SECP256R1()), b"x" * 500
    return seconds(lambda: [key.sign(said, ec.ECDSA(hashes.SHA256())) for _ in range(2 * count)])


def measured(hall: World) -> list[Line]:
    vaccinated(hall, PERSONS)
    item = CertificateBatch(act=uuid4(), occurred_at=hall.now, programme=PROGRAMME)
    done(services.certificate_batch(ANYONE, [item], here=True))
    took = seconds(lambda: services.batch_go(item.act, ANYONE))
    (row,) = selectors.batches()
    assert (row.done, row.refused) == (PERSONS, 0)
    assert sql.fetch("SELECT count(*) FROM certificates_certificate") == [(PERSONS,)]
    rate, signatures = PERSONS / took, PERSONS / bare(PERSONS)
    what = f"certificates signed in both codes, sealed and written, one process (goal {GOAL}/s)"
    minutes = 100_000 / rate / 60
    return [
        Line(what, f"{rate:,.0f}/s", f"{signatures:,.0f}/s signatures alone", f"{rate / signatures:.0%}"),
        Line("a batch of 100,000 certificates, at that rate", f"{minutes:.1f} min", "", ""),
    ]
