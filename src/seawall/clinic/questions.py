"""Which questions of the health inquiry fit a person: by the programme's findings in force, the products, sex, age and doses had."""

from collections.abc import Collection
from datetime import date

from seawall.reference import selectors as reference

from . import asks, tables
from .tables import ANY_AGE, Condition, Question


def asked(
    programme: str, on: date, *, sex: int, age: int, doses: int, products: Collection[str]
) -> tuple[Question, ...]:
    """In the order of the rule table, then what decides how long the observation lasts; no product known asks for all."""
    found = all_of(programme, on, products)
    return tuple(q for q in found.values() if q.is_for(sex, age, doses))


def all_of(programme: str, on: date, products: Collection[str] = ()) -> dict[str, Question]:
    """Every question of a programme by its finding, whomever it is for; of these products, or of any."""
    rows = asks.condition_rows(programme, on)
    texts = tables.questions(reference.rule_table(programme, on, "questions.csv"), on)
    found = {row.code: texts.get(row.code) or _plain(row) for row in rows if _concerns(row, products, on)}
    return found | {code: text for code, text in texts.items() if code in tables.risks()}


def _plain(row: Condition) -> Question:
    """A finding without a question of its own is asked of everybody, by its name."""
    return Question(row.code, None, ANY_AGE, 0, True, row.zh, row.en)


def _concerns(row: Condition, products: Collection[str], on: date) -> bool:
    if not row.products or not products:
        return True
    platforms = {code: product.platform for code, product in asks.products([on]).items()}
    here = {*products, *(f"platform:{platforms[p]}" for p in products if p in platforms)}
    return any(part in here or _by_group(part) for part in row.products)


def _by_group(part: str) -> bool:
    """Groups of products are not known at the desk: their question is asked."""
    return part == "live" or part.startswith("group:")
