"""The safety page: which clock breaks next, and does any lot, site or product look odd? A signal is a question, no cause."""

from dataclasses import dataclass
from datetime import date

from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.safety import selectors as safety
from seawall.safety.boards import SafetyStrip, safety_strip, watched
from seawall.terms.actor import Actor
from seawall.terms.closings import Stamp
from seawall.terms.names import Name

from ..selectors.stamps import live, stamp


@dataclass(frozen=True, slots=True)
class SafetyPage:
    """Cases by clock as they stand now; what stands out and the running tests by lot, product and site, as of a day."""

    stamp: Stamp
    live: Stamp
    strip: SafetyStrip
    clocks: tuple[watched.Clock, ...]
    rates: tuple[watched.RateExpected, ...]
    scopes: tuple[watched.RunningTest, ...]
    outliers: tuple[watched.StandsOut, ...]
    silent: tuple[watched.StandsOut, ...]
    caution: Name
    funnel: watched.Funnel | None
    course: watched.Course | None

    @property
    def signals(self) -> tuple[watched.RunningTest, ...]:
        return tuple(test for test in self.scopes if test.signal_on)

    @property
    def not_judged(self) -> bool:
        """Whether a monitor shown has doses without a published rate."""
        return any(test.expected is None for test in self.scopes)


def safety_page(actor: Actor, campaign: CampaignRow, day: date) -> SafetyPage:
    found = safety.monitors(day, campaign.programme, people.products_of(campaign.programme))
    tests = watched.running_tests(actor, found, day)
    lots = watched.outliers(actor, found.lots, "lot", day)
    return SafetyPage(
        stamp=stamp(campaign.code, day),
        live=live(),
        strip=safety_strip(day),
        clocks=watched.clocks(),
        rates=watched.rates_expected(found, day),
        scopes=tests,
        outliers=(*lots, *watched.outliers(actor, found.sites, "site", day)),
        silent=watched.silent(actor, found.sites, day),
        caution=watched.said("caution"),
        funnel=watched.funnel(found.lots),
        course=watched.course(found.course, tests),
    )
