"""A certificate as it is read on a screen and on paper: the fields of T/CPMA 024-2020, and its codes as pictures.

T/CPMA 024-2020 新型冠状病毒疫苗预防接种凭证 names holder (name, sex, birth date, nationality, document) and doses
(place in the series, day, vaccine, maker, lot, unit); the document is shown masked.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from seawall.people import selectors as people
from seawall.people.selectors import HolderRow
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.codes import CertificateState, Precision, Sex
from seawall.terms.names import Name
from seawall.terms.people import DoseRow

from ..codes import pictures
from ..codes.dcc import identifier
from ..codes.proof import partial
from ..selectors.kept import CertificateRow, codes

UNKNOWN = Name("不详", "unknown")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom it is made out to."""

    name: str
    spelt: str
    sex: Sex
    birth: str
    country: str
    document: Name
    number: str


@dataclass(frozen=True, slots=True)
class CertifiedDose:
    """A dose as it is certified; its day as far as it is known."""

    dose_rank: int
    given_on: str
    vaccine: Name
    maker: Name
    lot: str
    place: Name | None


@dataclass(frozen=True, slots=True)
class Paper:
    """One certificate; `shc` and `dcc` are its pictures, the second empty where there is none."""

    certificate: UUID
    identifier: str
    programme: str
    called: Name
    dose_rank: int
    of: int
    state: CertificateState
    reason: str
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    doses: tuple[CertifiedDose, ...]
    shc: str
    dcc: str

    @property
    def in_force(self) -> bool:
        return self.state == CertificateState.VALID and self.expires_at > clock.now()


def holder_of(row: HolderRow) -> Holder:
    kinds = reference.document_kinds()
    document = Name(kinds[row.document].zh, kinds[row.document].en) if row.document in kinds else UNKNOWN
    return Holder(
        row.name, row.spelt, row.sex, partial(row.birth, row.birth_precision), row.country, document, row.number
    )


def papers(holder: HolderRow, rows: list[CertificateRow], on: date, *, drawn: bool) -> tuple[Paper, ...]:
    """Certificates with the doses that they prove; pictures only of those in force, and where they are `drawn`."""
    programmes = {row.programme for row in rows}
    lines = {name: _lines(holder.person_id, name) for name in programmes}
    names = {name: people.programme_name(name, on) for name in programmes}
    makers = {p.code: Name(p.maker_zh, p.maker_en) for p in reference.products(on)}
    vaccines = reference.product_names(on)
    places = reference.place_names({d.place_id for found in lines.values() for d in found.values() if d.place_id})
    country = reference.city().country
    made = []
    for row in rows:
        known = [(rank, lines[row.programme][act]) for act, rank in row.lines.items() if act in lines[row.programme]]
        doses = tuple(_dose(rank, line, vaccines, makers, places) for rank, line in sorted(known, key=lambda d: d[0]))
        texts = codes(row.person_id, row.certificate) if drawn and row.state == CertificateState.VALID else {}
        made.append(
            Paper(
                row.certificate, identifier(country, row.certificate), row.programme, names[row.programme], row.dose_rank,
                row.of, row.state, row.reason, row.issued_at, row.expires_at, row.ended_at, doses,
                pictures.svg(pictures.shc(texts["shc"])) if "shc" in texts else "",
                pictures.svg(pictures.dcc(texts["dcc"])) if "dcc" in texts else "",
            )
        )  # fmt: skip
    return tuple(made)


def _lines(person_id: int, programme: str) -> dict[str, DoseRow]:
    rows = people.dose_rows([person_id], programme, corrected=True).get(person_id, [])
    return {str(row.act): row for row in rows}


def _dose(
    rank: int, line: DoseRow, vaccines: dict[str, Name], makers: dict[str, Name], places: dict[int, Name]
) -> CertifiedDose:
    product, place = line.product or "", places.get(line.place_id or 0)
    known = Precision(line.precision)
    return CertifiedDose(
        rank, partial(line.given_on, known), vaccines.get(product, UNKNOWN), makers.get(product, UNKNOWN), line.lot or "", place
    )  # fmt: skip
