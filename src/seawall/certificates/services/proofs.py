"""What can be proven of persons now: the doses that count, told in the words that the codes need."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings

from seawall.people import selectors as people
from seawall.people.selectors import HolderRow
from seawall.reference import selectors as reference
from seawall.reference.selectors import ProductRow
from seawall.terms.codes import Verdict
from seawall.terms.people import DoseRow

from ..codes.proof import Given, Proof
from ..tables import dcc_codes, limit

COUNTS = frozenset({Verdict.VALID, Verdict.GRACE})
NOWHERE = "https://localhost"  # issuer of an installation that was not told its public address


class Doses:
    """Doses that count, of a batch of persons in one programme."""

    def __init__(self, person_ids: Iterable[int], programme: str, on: date) -> None:
        rows = people.dose_rows(person_ids, programme)
        self.lines = {p: [r for r in lines if r.verdict in COUNTS and r.dose_rank] for p, lines in rows.items()}
        self.products: Mapping[str, ProductRow] = {row.code: row for row in reference.products(on)}
        wanted = {r.place_id for lines in self.lines.values() for r in lines if r.place_id}
        self.places = {p: name.en for p, name in reference.place_names(wanted).items()} if wanted else {}
        self.city = reference.city()

    def of(self, person_id: int) -> list[DoseRow]:
        return self.lines.get(person_id, [])

    def series(self, lines: list[DoseRow]) -> int:
        """How many doses the series of the last vaccine has; a booster is of as many as were given."""
        last = lines[-1]
        product = self.products.get(last.product or "")
        return max(product.doses_per_series if product else 0, last.dose_rank or 0)

    def proof(self, number: UUID, holder: HolderRow, lines: list[DoseRow], at: datetime) -> Proof:
        return Proof(
            certificate=number, name=holder.name, spelt=holder.spelt, birth=holder.birth,
            birth_precision=holder.birth_precision, doses=tuple(map(self._given, lines)), of=self.series(lines),
            issuer=self.city.name.en, address=settings.PUBLIC_URL or NOWHERE, country=self.city.country,
            issued_at=at, expires_at=at + limit("valid"),
        )  # fmt: skip

    def _given(self, row: DoseRow) -> Given:
        product = self.products.get(row.product or "")
        cvx = product.cvx if product else ""
        return Given(
            given_on=row.given_on, precision=row.precision, vaccine=product.name_en if product else "", cvx=cvx,
            dcc=dcc_codes().get(cvx), lot=row.lot or "", place=self.places.get(row.place_id or 0, ""),
            country=self.city.country, dose_rank=row.dose_rank or 0,
        )  # fmt: skip


def holder_digest(holder: HolderRow) -> bytes:
    """Changes when what the codes say of the person does."""
    said = f"{holder.name}\n{holder.birth.isoformat()}\n{holder.birth_precision}"
    return hashlib.blake2b(said.encode(), digest_size=16).digest()


def lines_said(lines: Iterable[DoseRow]) -> dict[str, int]:
    """Which doses a certificate proves, with the rank that it gives them."""
    return {str(row.act): row.dose_rank or 0 for row in lines}
