"""Who acts: built once at the door by `staff`, carried into every verb, judged by `platform.access`."""

from dataclasses import dataclass, field

ZH = "zh-hans"
EN = "en"
LANGUAGES = (ZH, EN)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a post covers on the day, already read through the cover table: sets of ids, or everything."""

    everywhere: bool = False
    leaves: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    sectors: frozenset[str] = frozenset()
    households: frozenset[int] = frozenset()
    persons: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """An account in a post, for a purpose, in a language; `grants` are the permissions of the post's role."""

    account_id: int
    post_id: int
    role: str
    grants: frozenset[str]
    reach: Reach = field(default_factory=Reach)
    purpose: str = "service"
    language: str = ZH
    device: str = ""
