"""The folder of a small example city, with every column explained: what a new city begins with."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from seawall.engines import planning
from seawall.engines.tables import Column, dictionary, write_whole
from seawall.platform import clock
from seawall.terms.acts import Refused

from ..folders import HEAD
from . import template_schedule
from .city_check import HERE
from .template_schedule import PROGRAMME

HEAD_TEXT = """\
# {code}: what the city of this folder is called, and what of its country the program must know.
# The tables lie beside this file; lines that begin with # explain them. A table that you do not need may go.
# `seawall city check FOLDER` names every mistake at once; `seawall city load FOLDER` takes the city in.
# campaigns/CODE/ holds one folder for each campaign (docs/planning.md); the one here is of measles and begins today.
# programmes/CODE/ holds one folder for each schedule of your own (docs/schedules.md).
code = "{code}"
name_en = "Example"
languages = ["en"]            # of the names in the tables: a column name_en, name_es, ... for each
time_zone = "UTC"             # IANA name, such as "Africa/Nairobi"; a civil day begins and ends by it
country = "KE"                # ISO 3166: its telephone numbers are dialled without prefix, its passports are not foreign
document = "NATIONAL_ID"      # the kind of an identity number that nobody named, of documents.csv
planned = "district"          # the level whose areas are planned for; units.csv can say otherwise
census = 2020                 # year of the populations
weekend = [6, 7]              # days of the week that are no workdays; Monday is 1

# Levels of areas from the whole city to the last, in which people live: as many as the city has.
[[level]]
code = "city"
name_en = "city"

[[level]]
code = "district"
name_en = "district"

[[level]]
code = "ward"
name_en = "ward"
"""
SINCE = "2020-01-01"
ROWS: dict[str, list[dict[str, str]]] = {
    "areas": [
        {"code": "C", "level": "city", "name_en": "Example", "population": "100000"},
        {"code": "N", "level": "district", "parent": "C", "name_en": "North", "population": "60000"},
        {"code": "S", "level": "district", "parent": "C", "name_en": "South", "population": "40000"},
        {"code": "N1", "level": "ward", "parent": "N", "name_en": "North one", "lon": "36.80", "lat": "-1.27"},
        {"code": "N2", "level": "ward", "parent": "N", "name_en": "North two", "lon": "36.82", "lat": "-1.26"},
        {"code": "S1", "level": "ward", "parent": "S", "name_en": "South one", "lon": "36.81", "lat": "-1.31"},
    ],
    "documents": [
        {"kind": "NATIONAL_ID", "name_en": "National identity card", "pattern": "^[0-9]{8}$", "check": "none"}
    ],
    "telephones": [
        {"use": "helpline", "number": "0800 000 000"},
        {"use": "emergency", "number": "112"},
        {"use": "rehearsal", "number": "0000"},
    ],
    "portal_ways": [{"way": "message"}, {"way": "paper"}],
    "calendar": [{"day": "2026-01-01", "kind": "holiday", "name_en": "New Year"}],
    "facilities": [{"code": "H1", "name_en": "North Hospital", "grade": "2", "leaf": "N1", "green_channel": "1"}],
    "places": [{"kind": "store", "code": "STORE", "name_en": "City vaccine store", "leaf": "N1"}],
    "products": [
        {
            "code": "MR",
            "platform": "LIVE",
            "maker_en": "Maker",
            "doses_per_series": "1",
            "volume_ml": "0.5",
            "cvx": "04",
        }
    ],
    "product_names": [{"product": "MR", "name_en": "Measles, rubella"}],
    "product_packs": [{"product": "MR", "doses_per_pack": "10", "usual": "1"}],
    "roles": [{"role": "GRID_WORKER", "used": "0"}],
    "readiness": [
        {"code": "EMERGENCY_KIT", "severity": "stop", "name_en": "Emergency equipment and drugs"},
        {"code": "EMERGENCY_CLINICIAN", "severity": "stop", "by_role": "EMERGENCY_CLINICIAN"}
        | {"name_en": "Emergency clinician on site"},
    ],
    "seat_returns": [{"at": "10:00"}, {"at": "16:00"}],
    "team": [
        {"role": "SITE_MANAGER", "least": "1", "certified": "no"},
        {"role": "SITE_MANAGER", "stations": "10", "least": "2", "certified": "no"},
        {"role": "SCREENER", "least": "1", "certified": "yes"},
        {"role": "VACCINATOR", "least": "1", "per_station": "1", "certified": "yes"},
        {"role": "OBSERVER", "least": "1", "certified": "yes"},
        {"role": "EMERGENCY_CLINICIAN", "least": "1", "certified": "no"},
        {"role": "STATION_NURSE", "least": "0", "certified": "no"},
        {"role": "REGISTRAR", "least": "0", "certified": "no"},
    ],
    "programmes": [{"code": PROGRAMME, "used_since": SINCE}],
}
CAMPAIGN = "campaigns/measles"
CAMPAIGN_TEXT = """\
# A campaign, from its first day to its deadline: its tables lie beside this file. Names may be given as name_zh too.
code = "{code}-measles"
name_en = "Example measles campaign"
programme = "measles"         # the schedule that people are judged by, of programmes.csv
division = "C"                # the area it is for, of areas.csv
time_zone = "UTC"             # as in city.toml
opens = {opens}
deadline = {deadline}
opening = 08:00:00            # sites open, close, and have reported their day
closing = 17:00:00
cut_off = 19:00:00
authority_en = "Health department"
source = "example"

[plan]
near_days = 14                # so many days are planned day by day, the others by weeks
lead_days = 2                 # a dose that leaves the store is used so many days later
"""
DAYS, SHELF = 60, 730


def _campaign_rows(opens: date) -> dict[str, list[dict[str, str]]]:
    """The tables of the example's campaign, which begins on a day."""
    deadline, expires = (str(opens + timedelta(days)) for days in (DAYS, SHELF))
    hours = {"rate_per_hour": "20", "hours_workday": "8", "hours_weekend": "4", "hours_holiday": "0"}
    return {
        "units": [
            {"unit": "N", "en": "North", "population": "60000"},
            {"unit": "S", "en": "South", "population": "40000"},
        ],
        "groups": [
            {"group": "CHILD", "rank": "1", "en": "Children of 0 to 14 years", "age_min": "0", "age_max": "14"}
            | {"opens": str(opens), "share_of_population": "0.35", "uptake": "0.9"}
        ],
        "phases": [
            {"phase": "ALL", "en": "All children", "groups": "ALL", "dose_ranks": "1", "from": str(opens)}
            | {"to": deadline, "denominator": "eligible", "source": "example"}
        ],
        "targets": [
            {"target": "STARTED", "group": "ALL", "measure": "started", "share": "0.8", "by": deadline}
            | {"denominator": "eligible", "weight": "1", "mark": "example", "source": "example"}
        ],
        "policies": [],
        "products": [{"product": "MR", "en": "Measles, rubella", "doses": "1", "wastage": "0.15"}],
        "supply": [
            {"date": str(opens), "product": "MR", "lot": "EXAMPLE1", "doses": "50000", "doses_per_pack": "10"}
            | {"expires": expires, "confirmed": "yes"}
        ],
        "capacity": [
            {"unit": "N", "kind": "fixed", "sites": "2", "stations": "6"} | hours,
            {"unit": "S", "kind": "fixed", "sites": "1", "stations": "4"} | hours,
        ],
    }


FILLED = {"valid_from": SINCE, "source": "example", "mark": "synthetic"}


def city_template(folder: Path) -> list[str]:
    """Write the files, none over another; their names. Refused when the folder holds anything."""
    if folder.exists() and any(folder.iterdir()):
        raise Refused("CITY_FOLDER_TAKEN", folder=str(folder))
    columns = dictionary(HERE / "city.csv")
    texts = {HEAD: HEAD_TEXT.format(code=folder.name)}
    texts |= {f"{name}.csv": _table(columns[name], rows) for name, rows in ROWS.items()}
    opens = clock.system_now().date()
    head = CAMPAIGN_TEXT.format(code=folder.name, opens=opens, deadline=opens + timedelta(DAYS))
    columns = dictionary(Path(planning.__file__).parent / "dictionary.csv")
    texts[f"{CAMPAIGN}/campaign.toml"] = head
    texts |= {f"{CAMPAIGN}/{name}.csv": _table(columns[name], rows) for name, rows in _campaign_rows(opens).items()}
    texts |= template_schedule.files(opens, opens + timedelta(DAYS))
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, lambda draft, text=text: draft.write_text(text, encoding="utf-8"))  # type: ignore[misc]
    return list(texts)


def _table(columns: Sequence[Column], rows: Sequence[dict[str, str]]) -> str:
    """The columns explained, then the header, then the rows of the example."""
    shown = [c for c in columns if c.column != "zh" and not c.column.endswith("_zh")]
    out = io.StringIO()
    for c in shown:
        unit, need = f" ({c.unit})" if c.unit else "", "" if c.required else ", may be empty"
        out.write(f"# {c.column}{unit}{need}: {c.description}\n")
    writer = csv.DictWriter(out, [c.column for c in shown], restval="", lineterminator="\n")
    writer.writeheader()
    names = {c.column for c in shown}
    writer.writerows({**{k: v for k, v in FILLED.items() if k in names}, **row} for row in rows)
    return out.getvalue()
