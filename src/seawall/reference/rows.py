"""Frozen rows of the reference room, as other rooms see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from seawall.terms.actor import ZH
from seawall.terms.codes import CodeKind, NeedPer, PlaceKind, ProductKind


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area as it is called on one day."""

    area_id: int
    code: str
    name_zh: str
    name_en: str
    level: str
    parent_id: int | None
    longitude: float | None = None
    latitude: float | None = None
    km2: float | None = None
    depth: int = 0
    leaf: bool = False
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def name(self, language: str) -> str:
        return self.name_zh if language == ZH else self.names.get(language, self.name_en)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A reporting unit on one day, with the leaves it covers then."""

    unit_id: int
    code: str
    name_zh: str
    name_en: str
    kind: str
    leaves: frozenset[int]
    parent_id: int | None = None
    included_in_parent: bool = True

    def name(self, language: str) -> str:
        return self.name_zh if language == ZH else self.name_en


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product on one day; `doses_per_pack` is the usual pack, `packs` every size in use, in units where it is no vaccine."""

    code: str
    platform: str
    maker_zh: str
    maker_en: str
    name_zh: str
    name_en: str
    doses_per_series: int
    volume_ml: float
    doses_per_pack: int
    packs: tuple[int, ...]
    cvx: str = ""
    kind: ProductKind = ProductKind.VACCINE

    def name(self, language: str) -> str:
        return self.name_zh if language == ZH else self.name_en


@dataclass(frozen=True, slots=True)
class NeedRow:
    """Ancillary goods needed on a day: `units` for each `of` doses of a product (`*`: any), for a site's day, or kept at a site."""

    good: str
    product: str
    per: NeedPer
    units: int
    of: int
    wastage: float


@dataclass(frozen=True, slots=True)
class PackCodeRow:
    """What a pack of a product bears on a day; `head`: the first 7 signs of its trace codes or its GTIN, empty where any is taken."""

    product: str
    doses_per_pack: int
    kind: CodeKind
    head: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Somebody who holds stock, or a virtual far end."""

    place_id: int
    code: str
    kind: PlaceKind
    name_zh: str
    name_en: str
    leaf_id: int | None
    unit_id: int | None
    synthetic: bool = False

    def name(self, language: str) -> str:
        return self.name_zh if language == ZH else self.name_en


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNew:
    """A place to register; its code finds it again."""

    kind: PlaceKind
    code: str
    name_zh: str
    name_en: str
    leaf_id: int | None = None
    unit_id: int | None = None
    synthetic: bool = False
    supplied_by: int | None = None  # None: whoever supplies it goes on to
    lead_days: int = 1
    since: date | None = None  # first day of this supplier; None: always


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A hospital."""

    facility_id: int
    code: str
    name_zh: str
    name_en: str
    grade: int
    leaf_id: int
    green_channel: bool
    synthetic: bool

    def name(self, language: str) -> str:
        return self.name_zh if language == ZH else self.name_en


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityNew:
    """A hospital to register; its code finds it again."""

    code: str
    name_zh: str
    name_en: str
    grade: int
    leaf_id: int
    green_channel: bool = False
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """An immutable rule set; `folder` maps a table's file name to its text."""

    hash: str
    programme: str
    name: str
    released_on: date
    folder: dict[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Why something was refused or noted, and what to do: a sentence with parameters in each language."""

    code: str
    severity: str
    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CityUse:
    """What other rooms hold of the loaded city, which a city loaded over it must keep; `running` when a campaign is open."""

    leaf_ids: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    products: frozenset[str] = frozenset()
    document_kinds: frozenset[str] = frozenset()
    roles_held: frozenset[str] = frozenset()  # of posts, today or later
    roles_made: frozenset[str] = frozenset()  # that the city made and a post ever had
    running: bool = False
