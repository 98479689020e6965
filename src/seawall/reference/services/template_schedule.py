"""The schedule of the example city: a measles campaign of this year and the two routine doses, every table of it to be edited."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta

PROGRAMME = "measles"
FOLDER = f"programmes/{PROGRAMME}"
HEAD_TEXT = """\
# The schedule that people are judged by (docs/schedules.md): its tables lie beside this file.
format = 1
programme = "measles"
name_en = "Measles campaign and catch-up"

[[targets]]
target = "SIA"                # one dose in the days of seasons.csv, whatever was given before
choose = "earliest_start"
name_en = "Measles campaign dose"

[[targets]]
target = "CATCH_UP"           # two doses in all, for whoever lacks one
choose = "earliest_start"
name_en = "Measles catch-up"
"""
STATED = {"level": "national", "issuer": "Ministry of Health", "document": "immunization schedule", "mark": "example"}
LIVE_DAYS = "28d"
FIRST, SECOND = "9m", "15m"
YEARS = 15  # the campaign is for those below this age
Rows = Sequence[dict[str, str]]


def files(opens: date, deadline: date) -> dict[str, str]:
    """The folder by name; the campaign dose is offered from `opens` to `deadline`."""
    tables = {name: _table([STATED | row for row in rows]) for name, rows in _rules(opens, deadline).items()}
    tables |= {name: _table(rows) for name, rows in _station(opens).items()}
    return {f"{FOLDER}/schedule.toml": HEAD_TEXT} | {f"{FOLDER}/{name}.csv": text for name, text in tables.items()}


def _rules(opens: date, deadline: date) -> dict[str, Rows]:
    born = {"born_from": str(_years(opens, -YEARS)), "born_to": str(deadline - timedelta(270))}
    days = {"begins": str(opens), "ends": str(deadline)}
    live = {"live": "yes", "targets": "SIA|CATCH_UP"}
    return {
        "products": [
            {"rule": "P-MR", "product": "MR", "platform": "LIVE", "volume_ml": "0.5", "cvx": "04", "name_en": "Measles, rubella"}
            | live
        ],
        "series": [
            {"rule": "S-SIA", "series": "SIA", "target": "SIA", "name_en": "One campaign dose"},
            {"rule": "S-TWO", "series": "TWO", "target": "CATCH_UP", "name_en": "Two doses in all"},
        ],
        "doses": [
            {"rule": f"D-{series}-{dose}", "series": series, "dose": dose, "kind": "primary"}
            for series, dose in (("SIA", "1"), ("TWO", "1"), ("TWO", "2"))
        ],
        "options": [{"rule": f"O-{series}", "series": series, "product": "MR"} for series in ("SIA", "TWO")],
        "ages": [
            {"rule": "A-SIA", "series": "SIA", "dose": "1", "accept_min": FIRST, "schedule_min": FIRST},
            {"rule": "A-TWO-1", "series": "TWO", "dose": "1", "accept_min": FIRST, "schedule_min": FIRST},
            {"rule": "A-TWO-2", "series": "TWO", "dose": "2", "accept_min": "", "schedule_min": SECOND},
        ],
        "intervals": [
            {"rule": "I-SIA", "series": "SIA", "dose": "1", "from": "product:MR"} | _apart(),
            {"rule": "I-TWO", "series": "TWO", "dose": "2", "from": "previous"} | _apart(),
        ],
        "seasons": [{"rule": "N-1", "season": str(opens.year), "target": "SIA"} | days],
        "offers": [
            {"rule": "F-SIA", "series": "SIA", "min_age": FIRST} | born,
            {"rule": "F-TWO", "series": "TWO", "min_age": FIRST, "born_from": born["born_from"], "born_to": ""},
        ],
        "conditions": [
            {"rule": f"C-{code}", "condition": code, "effect": effect, "name_en": name}
            for code, effect, name in (
                ("ALLERGY_SEVERE", "forbid", "Severe allergy to a vaccine"),
                ("IMMUNOCOMPROMISED", "forbid", "Immunocompromised"),
                ("PREGNANT", "forbid", "Pregnancy"),
                ("FEVER", "defer", "Fever now"),
            )
        ],
        "others": [
            {"rule": "X-LIVE", "product": "VARICELLA", "group": "LIVE", "live": "yes", "cvx": "21", "name_en": "Varicella"},
            {"rule": "X-OTHER", "product": "OTHER", "group": "OTHER", "live": "no", "cvx": "*", "name_en": "Any other vaccine"},
        ],
        "spacing": [{"rule": "G-LIVE", "other": "group:LIVE", "same_day": "yes"} | _apart()],
    }  # fmt: skip


def _apart() -> dict[str, str]:
    return {"accept_min": LIVE_DAYS, "schedule_min": LIVE_DAYS, "outcome": "not_valid"}


def _station(opens: date) -> dict[str, Rows]:
    """What the stations read beside the rules."""
    since = {"valid_from": str(opens), "valid_to": ""}
    return {
        "consents": [
            {
                "version": "MEASLES-1",
                "language": "en",
                "guardian_below": "18",
                "en": "Consent to the measles vaccination",
            }
            | since
            | {"source": "example"}
        ],
        "routes": [
            {"product": "MR", "route": "SC", "arms": "L|R", "en": "Subcutaneous, upper arm", "source": "example"}
        ],
    }


def _years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _table(rows: Rows) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
