"""Whom a certificate is made out to: named whole for the machine that signs, and for the page that its holder opens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from seawall.platform import access, sql
from seawall.reference.selectors import OWN_DOCUMENT
from seawall.terms.actor import Actor
from seawall.terms.codes import Precision, Sex

from ..identity import home
from ..names import spelt

HOLDERS = f"""
SELECT i.id, r.id, r.name, r.sex, r.birth, r.birth_precision, d.kind, d.mask, d.country,
  ARRAY(SELECT a.id FROM people_person a WHERE a.merged_into = r.id ORDER BY a.id)
FROM people_person i JOIN people_person r ON r.id = COALESCE(i.merged_into, i.id)
LEFT JOIN LATERAL (
  SELECT x.kind, x.mask, x.country FROM people_document x WHERE x.valid AND x.person_id = r.id
  ORDER BY x.kind <> {OWN_DOCUMENT}, x.kind = 'TEMPORARY', x.kind LIMIT 1) d ON TRUE
WHERE i.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class HolderRow:
    """A person by the root of their records, with the records merged into it; the document is masked."""

    person_id: int
    name: str
    sex: Sex
    birth: date
    birth_precision: Precision
    document: str
    number: str
    country: str
    aliases: tuple[int, ...]

    @property
    def records(self) -> tuple[int, ...]:
        return (self.person_id, *self.aliases)

    @property
    def spelt(self) -> str:
        return spelt(self.name)


def holders(person_ids: Iterable[int]) -> dict[int, HolderRow]:
    """By the id asked. For what is signed and sealed and shown to nobody: no reach is judged and no look recorded."""
    return {
        asked: HolderRow(root, name, Sex(sex), birth, Precision(precision), kind or "", mask or "", home(country or ""), tuple(aliases))
        for asked, root, name, sex, birth, precision, kind, mask, country, aliases in sql.fetch(HOLDERS, [list(person_ids)])
    }  # fmt: skip


def birth_days(person_ids: Iterable[int]) -> dict[int, date]:
    """Days of birth that are known to the day, by the id asked; for rules that turn on a birthday, shown to nobody."""
    query = "SELECT id, birth FROM people_person WHERE id = ANY(%s) AND birth_precision = %s"
    return dict(sql.fetch(query, [sorted(set(person_ids)), Precision.DAY]))


def holder(actor: Actor, person_id: int, page: str) -> HolderRow | None:
    """One, shown whole: the caller has judged the reach, the look is on record."""
    found = holders([person_id]).get(person_id)
    if found:
        access.record_look(actor, [found.person_id], page, ["name"])
    return found


def vaccinated(programme: str, after: int, most: int) -> list[int]:
    """Persons with a dose of a programme that was judged, by id; records that were merged into another as themselves."""
    rows = sql.fetch(
        "SELECT DISTINCT person_id FROM people_doseverdict WHERE programme = %s AND person_id > %s ORDER BY 1 LIMIT %s",
        [programme, after, most],
    )
    return [person for (person,) in rows]


def vaccinated_count(programme: str) -> int:
    return int(
        sql.fetch("SELECT count(DISTINCT person_id) FROM people_doseverdict WHERE programme = %s", [programme])[0][0]
    )
