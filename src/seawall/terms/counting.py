"""One thing is not many in English: "1 doses are sent" is read as "1 dose is sent". Chinese counts every number alike."""

import csv
import re
from functools import cache
from pathlib import Path

QUALITY = r"(?:(?:more|first|later|open|free|booked) )?"
OF = r"(?: of (?:lot|pack) \S+)?"


@cache
def _forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """Nouns and verbs of counts.csv: the place at which a sentence counts one, and the form of each word for one."""
    with Path(__file__).with_name("counts.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["many"], row["one"]) for row in csv.DictReader(file)]
    start = next(n for n, (many, _) in enumerate(rows) if many == "are")
    nouns, verbs = ("|".join(many for many, _ in part) for part in (rows[:start], rows[start:]))
    return re.compile(rf"(?<![\d.,:/–-])(1 {QUALITY})({nouns})\b({OF})(?:( )({verbs})\b)?"), dict(rows)


@cache
def forms() -> list[tuple[str, str]]:
    """Rows of counts.csv: the word for many and for one, nouns first."""
    return list(_forms()[1].items())


def verbs_from() -> int:
    """Index of the first verb among the forms."""
    return next(n for n, (many, _) in enumerate(forms()) if many == "are")


def one(sentence: str) -> str:
    """The sentence as English says it where it counts one of something."""
    if "1 " not in sentence:
        return sentence
    pattern, forms = _forms()

    def form(found: re.Match[str]) -> str:
        before, noun, of, space, verb = found.groups()
        return f"{before}{forms[noun]}{of}{space or ''}{forms[verb] if verb else ''}"

    return pattern.sub(form, sentence)
