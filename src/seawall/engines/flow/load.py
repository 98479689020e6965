"""A site from its TOML file, with every mistake at once, each by its key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from ..tables import Findings, dictionary, read_section, read_toml
from .laws import read_law
from .site import (
    DESK,
    INJECTION,
    NOTHING,
    OBSERVATION,
    PREPARATION,
    QUARTER,
    Absence,
    Appointments,
    Bounds,
    Crowd,
    Law,
    Release,
    Site,
    Station,
    WalkIns,
    WhatIf,
)  # fmt: skip

DICTIONARY = Path(__file__).with_name("dictionary.csv")
SENTENCES = Path(__file__).with_name("mistakes.csv")
SECTIONS = ("site", "arrivals", "bounds")
LISTS = ("appointments", "walk_ins", "crowds", "doses", "station", "what_if")
MOST, DAY = 200_000, 1440.0
MOST_SERVERS = 20_000  # of one station: ten times the chairs of the largest halls; absences are kept for each server


@dataclass
class Reading:
    """One file being read: its sections, and what is wrong with them."""

    file: str
    values: Mapping[str, Any]
    findings: Findings

    def add(self, key: str, value: object, rule: str, detail: object = "") -> None:
        self.findings.add(self.file, 0, key, value, rule, detail)

    def section(self, name: str) -> dict[str, Any]:
        """The entries of [name] that are right."""
        value = self.values.get(name, {})
        if not isinstance(value, Mapping):
            self.add(name, value, "section", name)
            return {}
        return self.entries(name, f"{name}.", value)

    def entries(self, table: str, at: str, value: Mapping[str, Any]) -> dict[str, Any]:
        return read_section(value, self.file, at, dictionary(DICTIONARY)[table], self.findings)

    def rows(self, value: Any, table: str, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each table of a list with its place, such as `station.2.` (counted from 1)."""
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            self.add(at, "", "rows", at)
            return
        for number, row in enumerate(value, 1):
            place = f"{at}.{number}."
            yield place, self.entries(table, place, row)

    def law(self, value: Any, at: str, signed: bool = False) -> Law:
        if value is None:
            return NOTHING
        return read_law(value, self.file, at, dictionary(DICTIONARY)["law"], self.findings, signed)

    def later(self, at: str, row: Mapping[str, Any], low: str, high: str, strict: bool = True) -> None:
        """Notes a window that ends before it begins."""
        if low in row and high in row and (row[high] < row[low] or (strict and row[high] == row[low])):
            self.add(f"{at}{high}", row[high], "later_than" if strict else "not_before", f"{low} = {row[low]}")


def load_site(path: Path) -> Site:
    """The site of a TOML file (dictionary.csv says its keys). Raises tables.Mistakes with everything that is wrong."""
    findings = Findings(SENTENCES)
    values = read_toml(path, findings)
    findings.stop_if_any()
    site = read_site(values, path.name, findings)
    findings.stop_if_any()
    return site


def read_site(values: Mapping[str, Any], file: str, findings: Findings) -> Site:
    """The site of parsed TOML; what is wrong goes to `findings`, and then the site must not be used."""
    reading = Reading(file, values, findings)
    for name in values.keys() - {*SECTIONS, *LISTS}:
        reading.add(name, "", "section_unknown", ", ".join((*SECTIONS, *LISTS)))
    if "site" not in values:
        reading.add("site", "", "section_missing", "site")
    head = reading.section("site") if "site" in values else {}
    reading.later("site.", head, "opens", "closes")
    if head.get("closes", 0) > DAY:
        reading.add("site.closes", head["closes"], "within_day")
    opens, closes = float(head.get("opens", 0)), float(head.get("closes", DAY))
    stations = _stations(reading)
    arrivals = reading.section("arrivals")
    site = Site(
        site=head.get("site", ""), opens=opens, closes=closes, stations=stations,
        appointments=_appointments(reading, opens, closes),
        punctuality=reading.law(arrivals.get("punctuality"), "arrivals.punctuality", signed=True),
        no_show=float(arrivals.get("no_show", 0)),
        walk_ins=_walk_ins(reading, opens, closes),
        crowds=_crowds(reading, values.get("crowds", []), "crowds", opens, closes),
        doses=_doses(reading), bounds=_bounds(reading), what_ifs=_what_ifs(reading, stations, opens, closes),
        begins=head.get("begins"), zh=head.get("zh", ""), en=head.get("en", ""),
    )  # fmt: skip
    _whole(reading, site)
    return site


def _inside(reading: Reading, key: str, moment: float | None, opens: float, closes: float) -> None:
    """Notes a moment at which nobody may come."""
    if moment is not None and moment < opens:
        reading.add(key, moment, "before_opening", f"{opens:g}")
    if moment is not None and moment >= closes:
        reading.add(key, moment, "after_closing", f"{closes:g}")


def _complete(row: Mapping[str, Any], *keys: str) -> bool:
    """Whether what was read of a row is enough to stand in the site."""
    return all(key in row for key in keys)


def _appointments(reading: Reading, opens: float, closes: float) -> tuple[Appointments, ...]:
    found = []
    for at, row in reading.rows(reading.values.get("appointments", []), "appointments", "appointments"):
        reading.later(at, row, "first", "last", strict=False)
        _inside(reading, f"{at}first", row.get("first"), opens, closes)
        _inside(reading, f"{at}last", row.get("last"), opens, closes)
        if _complete(row, "first", "last", "every", "persons"):
            found.append(Appointments(float(row["first"]), float(row["last"]), float(row["every"]), row["persons"]))
    return tuple(found)


def _walk_ins(reading: Reading, opens: float, closes: float) -> tuple[WalkIns, ...]:
    found = []
    for at, row in reading.rows(reading.values.get("walk_ins", []), "walk_ins", "walk_ins"):
        reading.later(at, row, "start", "end")
        _inside(reading, f"{at}start", row.get("start"), opens, closes)
        if row.get("end", 0) > closes:
            reading.add(f"{at}end", row["end"], "after_closing", f"{closes:g}")
        if _complete(row, "start", "end", "per_hour"):
            found.append(WalkIns(float(row["start"]), float(row["end"]), float(row["per_hour"])))
    return tuple(found)


def _crowds(reading: Reading, value: Any, at: str, opens: float, closes: float) -> tuple[Crowd, ...]:
    found = []
    for place, row in reading.rows(value, "crowds", at):
        _inside(reading, f"{place}at", row.get("at"), opens, closes)
        if _complete(row, "at", "persons"):
            found.append(Crowd(float(row["at"]), row["persons"], float(row.get("over", QUARTER))))
    return tuple(found)


def _doses(reading: Reading) -> tuple[Release, ...]:
    rows = reading.rows(reading.values.get("doses", []), "doses", "doses")
    return tuple(
        Release(float(row["first"]), row["doses"], float(row.get("every", 0)), row.get("times", 1))
        for _, row in rows
        if _complete(row, "first", "doses")
    )


def _bounds(reading: Reading) -> Bounds:
    row = reading.section("bounds")
    if row.get("share") in {0, 1}:
        reading.add("bounds.share", row["share"], "share_sure")
    return Bounds(**{f.name: row[f.name] for f in fields(Bounds) if f.name in row})


def _absence(reading: Reading, at: str, row: Mapping[str, Any], staff: int | None) -> Absence | None:
    reading.later(at, row, "start", "end")
    if staff is not None and row.get("servers", 0) > staff:
        reading.add(f"{at}servers", row["servers"], "more_than_staff", staff)
    if not _complete(row, "servers", "start"):
        return None
    return Absence(row["servers"], float(row["start"]), float(row.get("end", np.inf)))


def _stations(reading: Reading) -> tuple[Station, ...]:
    found: list[Station] = []
    if "station" not in reading.values:
        reading.add("station", "", "section_missing", "[station]")
        return ()
    for at, row in reading.rows(reading.values["station"], "station", "station"):
        if row.get("station") in {s.station for s in found}:
            reading.add(f"{at}station", row["station"], "code_again")
        away = [
            _absence(reading, place, one, row.get("servers"))
            for place, one in reading.rows(row.get("absences", []), "absences", f"{at}absences")
        ]
        service = reading.law(row.get("service"), f"{at}service")
        walk = reading.law(row.get("walk"), f"{at}walk")
        if _complete(row, "station"):
            found.append(
                Station(
                    row["station"],
                    row.get("servers", 1),
                    service,
                    row.get("kind", DESK),
                    walk,
                    tuple(a for a in away if a),
                    float(row.get("cost", 1)),
                    row.get("zh", ""),
                    row.get("en", ""),
                )
            )
    return tuple(found)


def _what_ifs(reading: Reading, stations: tuple[Station, ...], opens: float, closes: float) -> tuple[WhatIf, ...]:
    found: list[WhatIf] = []
    staff = {s.station: s.servers for s in stations}
    for at, row in reading.rows(reading.values.get("what_if", []), "what_if", "what_if"):
        crowds = _crowds(reading, row.get("crowds", []), f"{at}crowds", opens, closes)
        absences = []
        for place, one in reading.rows(row.get("absences", []), "what_if_absences", f"{at}absences"):
            if one.get("station") not in {None, *staff}:
                reading.add(f"{place}station", one["station"], "known", "[[station]]")
            absence = _absence(reading, place, one, staff.get(one.get("station", "")))
            if absence and "station" in one:
                absences.append((one["station"], absence))
        if row.get("what_if") in {w.what_if for w in found}:
            reading.add(f"{at}what_if", row["what_if"], "code_again")
        if not {"crowds", "absences", "doses_late"} & row.keys():
            reading.add(f"{at}what_if", row.get("what_if"), "nothing_happens")
        found.append(
            WhatIf(
                row.get("what_if", ""),
                row.get("zh", ""),
                row.get("en", ""),
                crowds,
                tuple(absences),
                float(row.get("doses_late", 0)),
                float(row.get("doses_late_until", np.inf)),
            )
        )
    return tuple(found)


def _whole(reading: Reading, site: Site) -> None:
    """Notes what is wrong between the parts of a site."""
    kinds = [s.kind for s in site.stations]
    for kind in (PREPARATION, INJECTION, OBSERVATION):
        for number in [n for n, k in enumerate(kinds, 1) if k == kind][1:]:
            reading.add(f"station.{number}.kind", kind, "kind_again")
    if OBSERVATION in kinds and site.steps[-1].kind != OBSERVATION:
        reading.add(f"station.{kinds.index(OBSERVATION) + 1}.kind", OBSERVATION, "seats_last")
    if site.stations and not site.steps:
        reading.add("station", "", "no_person")
    if site.preparation and INJECTION not in kinds:
        reading.add(f"station.{kinds.index(PREPARATION) + 1}.kind", PREPARATION, "no_injection")
    if site.preparation and "doses" not in reading.values:
        reading.add("doses", "", "no_doses")
    if site.stations and not site.preparation and site.doses:
        reading.add("doses", "", "doses_unused")
    if not {"appointments", "walk_ins", "crowds"} & reading.values.keys():
        reading.add("appointments", "", "nobody")
    _measure_of(reading, site)


def _measure_of(reading: Reading, site: Site) -> None:
    """Notes a day too large to be held."""
    people = sum(a.persons * ((a.last - a.first) // a.every + 1) for a in site.appointments if a.last >= a.first)
    people += sum(w.per_hour * (w.end - w.start) / 60 for w in site.walk_ins) + sum(c.persons for c in site.crowds)
    people += sum(c.persons for w in site.what_ifs for c in w.crowds)
    if people > MOST:
        reading.add("appointments", "", "too_many", f"{people:,.0f}")
    for number, station in enumerate(site.stations, 1):
        if station.servers > MOST_SERVERS:
            reading.add(f"station.{number}.servers", station.servers, "too_many_servers", f"{MOST_SERVERS:,}")
    doses = sum(r.doses * r.times for r in site.doses)
    if doses > MOST:
        reading.add("doses", "", "too_many", f"{doses:,}")
