"""The far ends of movements: places of the reference room where nothing is kept and doses only arrive or come from."""

from seawall.reference import selectors as reference
from seawall.terms.codes import VIRTUAL, PlaceKind


def virtual_places() -> dict[PlaceKind, int]:
    return {row.kind: row.place_id for row in reference.places(sorted(VIRTUAL))}
