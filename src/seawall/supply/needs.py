"""How many ancillary goods doses need: the arithmetic of the city's table, the same for what a day used up and for what is sent along."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import ceil

from seawall.reference.selectors import NeedRow
from seawall.terms.codes import NeedPer

ANY = "*"
FINE = 6  # decimals beyond which a sum of shares is noise


def used_up(needs: Iterable[NeedRow], doses: Mapping[str, int]) -> Counter[str]:
    """Units of each of the goods that a site's day with these doses uses up; what is begun is used up."""
    return _units(needs, doses, sent=False)


def to_send(needs: Iterable[NeedRow], doses: Mapping[str, int]) -> Counter[str]:
    """Units of each of the goods that must come with these doses, with those that will be lost."""
    return _units([row for row in needs if row.per == NeedPer.DOSE], doses, sent=True)


def kept(needs: Iterable[NeedRow]) -> dict[str, int]:
    """Units of each of the goods that a site keeps at all times."""
    return {row.good: row.units for row in needs if row.per == NeedPer.SITE and row.units}


def _units(needs: Iterable[NeedRow], doses: Mapping[str, int], *, sent: bool) -> Counter[str]:
    needs = list(needs)
    own = {(row.good, row.product) for row in needs if row.product != ANY}
    found: dict[str, float] = defaultdict(float)
    for row in needs:
        if row.per == NeedPer.SITE:
            continue
        counted = sum(n for code, n in doses.items() if (row.good, code) not in own) if row.product == ANY else 0
        times = 1 if row.per == NeedPer.DAY else doses.get(row.product, 0) + counted
        found[row.good] += times * row.units / row.of * (row.wastage if sent else 1)
    return Counter({good: units for good, share in found.items() if (units := ceil(round(share, FINE)))})
