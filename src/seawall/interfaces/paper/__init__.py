"""The dispatch of a day as it is printed: HTML and Markdown in the languages of its readers, and JSON."""

import csv
import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils import translation

from seawall.interfaces.campaign import campaign_named
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.terms import figures
from seawall.terms.actor import EN, LANGUAGES, ZH

HERE = Path(__file__).parent
FORMS = ("html", "md")


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(HERE / "templates")], builtins=["seawall.interfaces.paper.marks"])


@cache
def wording(language: str) -> dict[str, str]:
    """The fixed words of a dispatch in one language."""
    with (HERE / "words.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row["zh" if language == ZH else "en"] for row in csv.DictReader(file)}


def languages() -> tuple[str, ...]:
    """In which the city's dispatches are written: Chinese only where its tables are."""
    return LANGUAGES if reference.city().chinese else (EN,)


def written(campaign: str, on: date | None, folder: Path) -> list[Path]:
    """Write a campaign's dispatch of a day, or of the last one closed, into a folder; the paths written."""
    paper = reports.dispatch_paper(campaign_named(campaign), on)
    day = paper["day"]
    folder.mkdir(parents=True, exist_ok=True)
    told = paper if ZH in languages() else _without_chinese(paper)
    texts = {f"dispatch-{day}.json": json.dumps(told, ensure_ascii=False, indent=1)}
    for language in languages():
        for form in FORMS:
            texts[f"dispatch-{day}.{language}.{form}"] = rendered(paper, language, form)
    paths = [folder / name for name in texts]
    for path in paths:
        path.write_text(texts[path.name], encoding="utf-8")
    return paths


def _without_chinese(told: Any) -> Any:
    """The same without its Chinese sentences and names, at any depth."""
    if isinstance(told, dict):
        return {key: _without_chinese(value) for key, value in told.items() if key != "zh"}
    return [_without_chinese(value) for value in told] if isinstance(told, list) else told


def rendered(paper: dict[str, Any], language: str, form: str) -> str:
    """One dispatch in one language, as HTML or Markdown."""
    as_of = figures.moment(datetime.fromisoformat(paper["as_of"])) if paper["as_of"] else ""
    day = figures.day(date.fromisoformat(paper["day"]), language, weekday=True)
    values = {"p": paper, "w": wording(language), "lang": language, "day": day, "as_of": as_of}
    with translation.override(language):
        return str(_engine().get_template(f"dispatch.{form}").render(Context(values)))
