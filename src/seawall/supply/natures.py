"""What each product is, for the rules of keeping it: its kind, and a vaccine's platform."""

from dataclasses import dataclass
from datetime import date

from seawall.reference import selectors as reference
from seawall.terms.codes import ProductKind

from . import tables


@dataclass(frozen=True, slots=True)
class Nature:
    """A vaccine goes by the limits of its platform; ancillary goods have none, and no cold chain to break."""

    kind: ProductKind
    platform: str

    @property
    def rules(self) -> tables.Kind:
        return tables.kind(self.kind)

    def kept(self, low: float | None, high: float | None) -> bool:
        """Whether the temperatures of a way leave it as good as it was."""
        if not self.rules.cold:
            return True
        return low is not None and high is not None and tables.within(low, high, self.platform)


VACCINE = Nature(ProductKind.VACCINE, tables.ANY)  # what a product that nobody knows any more is kept as


def natures(on: date) -> dict[str, Nature]:
    """Of all that is held in stock on a day, by code."""
    return {row.code: Nature(row.kind, row.platform) for row in reference.goods(on)}
