"""A scenario from its TOML file: every mistake at once, each by key, or by file, row and column."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..tables import note_unknown, read_table, read_toml
from .asked import Asked, questions
from .check import check
from .contacts import ages_implied
from .reading import Reader, columns, tiers_of
from .scenario import LEAKY, RUNGE_KUTTA, Disease, Layer, Measure, Order, Scenario, Vaccine

F = NDArray[np.float64]
BASE = ("scenario", "population", "layer", "disease", "start", "import", "vaccine", "rollout", "measure")
ASKED = ("prioritise", "barrier", "package", "calibrate", "agents")
TABLES, LISTS = ("scenario", "population", "disease", "start", "rollout"), ("layer", "import", "vaccine", "measure")
NAMED = ("household", "school", "work", "community", "all")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A scenario file: the scenario, how many stochastic runs, its variants, and what else is asked."""

    scenario: Scenario
    members: int
    seed: int
    variants: tuple[Scenario, ...]
    asked: Asked


def load_scenario(path: Path | str) -> Loaded:
    """Reads and checks a scenario file; raises Mistakes with all that is wrong."""
    reader = Reader(Path(path))
    if reader.path.is_dir():
        reader.bad("", "", "file_missing")
        reader.findings.stop_if_any()
    document = read_toml(reader.path, reader.findings)
    reader.findings.stop_if_any()
    return load_document(document, reader)


def load_document(document: dict[str, Any], reader: Reader) -> Loaded:
    """As `load_scenario`, from a document already read; the files it names are looked for beside `reader.path`."""
    known = {*BASE, *ASKED, "variant"}
    for key in document.keys() - known:
        reader.bad(key, "", "key_unknown", ", ".join(sorted(known)))
    first = _scenario(document, reader, "")
    variants = []
    for place, part in enumerate(_tables(document.get("variant", []), reader, "variant"), 1):
        at = f"variant.{place}."
        own = {key: value for key, value in part.items() if key != "name"}
        for key in own.keys() - set(BASE):
            reader.bad(f"{at}{key}", "", "key_unknown", ", ".join(BASE))
        if not isinstance(part.get("name"), str):
            reader.bad(f"{at}name", part.get("name", ""), "key_missing" if "name" not in part else "text")
        made = _variant(_merged(document, own), reader, at)
        if made is not None:
            variants.append(replace(made, name=str(part.get("name", ""))))
    settings = document.get("scenario", {})
    asked = questions(document, reader, first) if first is not None else Asked()
    reader.findings.stop_if_any()
    assert first is not None
    return Loaded(first, int(settings.get("members", 0)), int(settings.get("seed", 1)), tuple(variants), asked)


def _variant(document: Mapping[str, Any], reader: Reader, at: str) -> Scenario | None:
    """A variant; a mistake that the first scenario has too is not said again."""
    found = reader.findings.found
    known, before = {(m.file, m.row, m.column, m.rule) for m in found}, len(found)
    made = _scenario(document, reader, at)
    new = [m for m in found[before:] if (m.file, m.row, m.column.removeprefix(at), m.rule) not in known]
    del found[before:]
    found.extend(new)
    return made


def _merged(document: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The first scenario with the sections of a variant over it: tables key by key, lists as a whole."""
    merged = {key: document[key] for key in BASE if key in document}
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = {**merged[key], **value} if both else value
    return merged


def _tables(value: Any, reader: Reader, key: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        reader.bad(key, value, "list")
        return []
    return value


def _scenario(document: Mapping[str, Any], reader: Reader, at: str) -> Scenario | None:
    before = len(reader.findings.found)
    read: dict[str, Any] = {name: reader.section(name, document.get(name, {}), f"{at}{name}.") for name in TABLES}
    for name in LISTS:
        parts = _tables(document.get(name, []), reader, f"{at}{name}")
        read[name] = [reader.section(name, part, f"{at}{name}.{place}.") for place, part in enumerate(parts, 1)]
    if not read["layer"]:
        reader.bad(f"{at}layer", "", "key_missing")
    reader.start = read["scenario"].get("start")
    layers = _layers(read["layer"], reader, at)
    if len(reader.findings.found) > before or not layers:
        return None
    made = _Builder(reader, at, read, layers).built()
    if made is None or len(reader.findings.found) > before:
        return None
    check(made, reader.findings, reader.path.name, at)
    return made


def _layers(parts: list[dict[str, Any]], reader: Reader, at: str) -> list[tuple[Layer, list[str]]]:
    """The layers with the names in their headers; all must be of one size."""
    found: list[tuple[Layer, list[str]]] = []
    for place, part in enumerate(parts, 1):
        if "file" not in part or (read := reader.matrix(part["file"])) is None:
            continue
        matrix, names = read
        found.append((Layer(part.get("name", ""), matrix * part.get("weight", 1.0)), names))
        if len(matrix) != len(found[0][0].contacts):
            reader.bad(f"{at}layer.{place}.file", part["file"], "size", len(found[0][0].contacts))
    return found


class _Builder:
    """Puts the checked sections together; each method reads one part and notes what is wrong with it."""

    def __init__(self, reader: Reader, at: str, read: dict[str, Any], layers: list[tuple[Layer, list[str]]]) -> None:
        self.reader, self.at, self.read = reader, at, read
        self.layers = tuple(layer for layer, _ in layers)
        self.count = len(self.layers[0].contacts)
        self.header = next((names for _, names in layers if names), [])
        self.days = read["scenario"]["days"]

    def built(self) -> Scenario | None:
        table = self._groups()
        if table is None:
            return None
        self.names = tuple(table["group"].to_list())
        people, self.districts = self._people(table)
        self.people = people
        population, start = self.read["population"], self.read["start"]
        settings = self.read["scenario"]
        vaccines = self._vaccines()
        scenario = Scenario(
            settings.get("name", self.reader.path.stem), self.days, self.names, people, self.layers,
            self._disease(table), self.districts, self._mixing(),
            self._vector("start.exposed", start.get("exposed")), self._vector("start.infectious", start.get("infectious")),
            self._vector("start.immune", start.get("immune")),
            self._vector("population.refusing", population.get("refusing")), vaccines, None, None, self._arrivals(),
            self._measures(), _column(table, "life_years"), settings.get("method", RUNGE_KUTTA),
            settings.get("steps_per_day", 1),
        )  # fmt: skip
        return self._with_doses(scenario)

    def _bad(self, key: str, value: object, rule: str, detail: object = "") -> None:
        self.reader.bad(f"{self.at}{key}", value, rule, detail)

    def _vector(self, key: str, value: Any, share: bool = True) -> F | None:
        return self.reader.by_group(f"{self.at}{key}", value, self.count, share)

    def _groups(self) -> pl.DataFrame | None:
        """The table of groups with people or shares; without one, what the contact matrix implies."""
        name = self.read["population"].get("groups")
        if name is None:
            share = ages_implied(np.asarray(sum(layer.contacts for layer in self.layers)))
            band = self.read["population"].get("band_years", 1)
            last = self.count - 1
            made = [
                f"{i * band}+" if i == last else str(i) if band == 1 else f"{i * band}-{i * band + band - 1}"
                for i in range(self.count)
            ]
            return pl.DataFrame({"group": self.header or made, "share": share})
        before = len(self.reader.findings.found)
        table = self.reader.groups(name)
        if len(self.reader.findings.found) > before:
            return None
        if table.height != self.count:
            self._bad("population.groups", f"{name}: {table.height}", "size", self.count)
            return None
        return table

    def _people(self, table: pl.DataFrame) -> tuple[F, tuple[str, ...]]:
        population = self.read["population"]
        if "districts" in population:
            return self._by_district(population["districts"])
        people, total = _column(table, "people"), population.get("total")
        if people is None:
            share = _column(table, "share")
            if share is None:
                self._bad("population.groups", population.get("groups", ""), "groups_people")
            elif total is None:
                self._bad("population.total", "", "total_needed")
            elif abs(share.sum() - 1.0) > 1e-4:
                self._bad("population.groups", population.get("groups", ""), "share_sum", f"{share.sum():.6g}")
            people = np.zeros(self.count) if share is None or total is None else share / share.sum() * total
        return people[:, None], ("",)

    def _by_district(self, name: str) -> tuple[F, tuple[str, ...]]:
        reader = self.reader
        table = read_table(reader.file(name), columns("districts"), reader.findings)
        note_unknown(reader.findings, name, table, "group", self.names, self.read["population"].get("groups", "layer"))
        districts = tuple(table["district"].drop_nulls().unique(maintain_order=True).to_list()) or ("",)
        people = np.full((self.count, len(districts)), np.nan)
        for row in table.drop_nulls().iter_rows(named=True):
            if row["group"] in self.names:
                people[self.names.index(row["group"]), districts.index(row["district"])] = row["people"]
        for group, district in np.argwhere(np.isnan(people)):
            reader.findings.add(name, 0, "", "", "missing_pair", f"{districts[district]} {self.names[group]}")
        return np.nan_to_num(people), districts

    def _mixing(self) -> F | None:
        population = self.read["population"]
        if len(self.districts) == 1:
            return None
        if "mixing" in population:
            read = self.reader.matrix(population["mixing"])
            if read is None:
                return None
            if len(read[0]) != len(self.districts):
                self._bad(
                    "population.mixing", population["mixing"], "square", f"{len(read[0])} / {len(self.districts)}"
                )
                return None
            return read[0]
        home = population.get("home_share", 1.0)
        share = self.people.sum(axis=0) / max(self.people.sum(), 1.0)
        return np.asarray(home * np.eye(len(share)) + (1.0 - home) * share[None, :])

    def _disease(self, table: pl.DataFrame) -> Disease:
        given = self.read["disease"]
        if ("r0" in given) == ("beta" in given):
            self._bad("disease.r0", given.get("r0", ""), "one_of_two", "r0, beta")

        def vector(name: str, default: float, share: bool) -> F:
            own = self._vector(f"disease.{name}", given.get(name), share)
            read = _column(table, name) if own is None else own
            return np.full(self.count, default) if read is None else read

        reference = self.reader.matrix(given["reference"]) if "reference" in given else None
        if reference is not None and len(reference[0]) != self.count:
            self._bad("disease.reference", given["reference"], "size", self.count)
            reference = None
        return Disease(
            given.get("r0"), given.get("incubation_days", 0.0), given.get("infectious_days", 1.0),
            vector("susceptibility", 1.0, False), vector("fatality", 0.0, True), vector("hospitalisation", 0.0, True),
            given.get("hospital_days", 10.0), given.get("immunity_days"), given.get("beta"),
            None if reference is None else reference[0],
        )  # fmt: skip

    def _arrivals(self) -> F | None:
        if not self.read["import"]:
            return None
        arrivals = np.zeros((self.days, self.count, len(self.districts)))
        for place, part in enumerate(self.read["import"], 1):
            first, last = self._span(f"import.{place}", part)
            weight = self.people.copy()
            weight *= self._one_of(f"import.{place}.group", part.get("group"), self.names, "unknown_group")[:, None]
            weight *= self._one_of(f"import.{place}.district", part.get("district"), self.districts, "unknown_district")
            if weight.sum() > 0:
                arrivals[max(first, 0) : last + 1] += part.get("per_day", 0.0) * weight / weight.sum()
        return arrivals

    def _one_of(self, key: str, name: str | None, known: tuple[str, ...], rule: str) -> F:
        if name is None:
            return np.ones(len(known))
        if name not in known:
            self._bad(key, name, rule, ", ".join(known))
        return np.array([float(code == name) for code in known])

    def _span(self, key: str, part: Mapping[str, Any]) -> tuple[int, int]:
        """First and last day; a mistake when it ends before it starts, or starts when the scenario is over."""
        first = self.reader.day(f"{self.at}{key}.from", part.get("from"), 0)
        last = self.reader.day(f"{self.at}{key}.to", part.get("to"), self.days - 1)
        if last < first or first >= self.days or first < 0:
            self._bad(f"{key}.from", part.get("from", ""), "ends_before", self.days)
        return first, last

    def _vaccines(self) -> tuple[Vaccine, ...]:
        made: list[Vaccine] = []
        for place, part in enumerate(self.read["vaccine"], 1):
            key = f"vaccine.{place}"
            effect = self._vector(f"{key}.infection", part.get("infection"))
            product, rank = part.get("product", ""), part.get("dose_rank", 1)
            named = part.get("after", [f"{product}:{rank - 1}"] if rank > 1 else [])
            after = tuple(self._dose(f"{key}.after", text) for text in named)
            made.append(
                Vaccine(
                    product,
                    rank,
                    part.get("mode", LEAKY),
                    np.zeros(self.count) if effect is None else effect,
                    part.get("transmission", 0.0),
                    part.get("severity", 0.0),
                    part.get("waning_days"),
                    part.get("kept", 0.0),
                    after,
                )
            )
        known = [v.key for v in made]
        for place, vaccine in enumerate(made, 1):
            if known.index(vaccine.key) < place - 1:
                self._bad(f"vaccine.{place}.product", vaccine.product, "repeated")
            for earlier in vaccine.after:
                if earlier not in known:
                    self._bad(f"vaccine.{place}.after", f"{earlier[0]}:{earlier[1]}", "unknown_dose", _doses(known))
        return tuple(made)

    def _dose(self, key: str, text: Any) -> tuple[str, int]:
        product, _, rank = str(text).rpartition(":")
        if not product or not rank.isdigit():
            self._bad(key, text, "text")
            return str(text), 0
        return product, int(rank)

    def _measures(self) -> tuple[Measure, ...]:
        made: list[Measure] = []
        known = [layer.name for layer in self.layers]
        for place, part in enumerate(self.read["measure"], 1):
            key = f"measure.{place}"
            factors = {name: float(part[name]) for name in NAMED if name in part}
            factors |= self._own_layers(key, part.get("layers", {}))
            for name in factors.keys() - {*known, "all"}:
                self._bad(f"{key}.{name}", factors[name], "no_layer", ", ".join(known))
            for name in part.get("districts", []):
                if name not in self.districts:
                    self._bad(f"{key}.districts", name, "unknown_district", ", ".join(self.districts))
            first, last = (0, self.days - 1) if "watch" in part else self._span(key, part)
            on = part.get("on", 0.0)
            off = part.get("off", on)
            if "watch" in part and "on" not in part:
                self._bad(f"{key}.on", "", "on_needed")
            elif off > on:
                self._bad(f"{key}.off", off, "off_above_on")
            made.append(
                Measure(
                    part.get("name", ""),
                    factors,
                    tuple(map(str, part.get("districts", []))),
                    first,
                    last,
                    part.get("watch", ""),
                    on,
                    off,
                    part.get("least_days", 0),
                )
            )
        return tuple(made)

    def _own_layers(self, key: str, given: Any) -> dict[str, float]:
        if not isinstance(given, dict):
            self._bad(f"{key}.layers", given, "table")
            return {}
        for name, value in given.items():
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < float("inf"):
                self._bad(f"{key}.layers.{name}", value, "not_negative")
        return {name: float(v) for name, v in given.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}

    def _with_doses(self, scenario: Scenario) -> Scenario:
        """The scenario with its plan of doses from a table, and its supply shared out by order."""
        rollout = self.read["rollout"]
        if not rollout:
            return scenario
        plan = self._plan(rollout["file"], scenario) if "file" in rollout else None
        order = self._order(rollout, scenario) if "product" in rollout else None
        if plan is None and order is None and "file" not in rollout:
            self._bad("rollout.product", "", "key_missing")
        return replace(scenario, plan=plan, order=order)

    def _plan(self, name: str, scenario: Scenario) -> F:
        reader, known = self.reader, [v.key for v in scenario.vaccines]
        table = read_table(reader.file(name), columns("doses"), reader.findings)
        note_unknown(reader.findings, name, table, "group", self.names, "groups")
        plan = np.zeros((self.days, len(known), self.count, len(self.districts)))
        for row in table.filter(
            pl.all_horizontal(pl.col("day", "group", "product", "dose_rank", "doses").is_not_null())
        ).iter_rows(named=True):
            self._add(plan, name, row, known)
        return plan

    def _add(self, plan: F, name: str, row: dict[str, Any], known: list[tuple[str, int]]) -> None:
        findings = self.reader.findings
        before = len(findings.found)
        key = (row["product"], row["dose_rank"])
        if key not in known:
            findings.add(name, row["row"], "product", f"{key[0]}:{key[1]}", "unknown_dose", _doses(known))
        if row["district"] is not None and row["district"] not in self.districts:
            findings.add(name, row["row"], "district", row["district"], "unknown_district", ", ".join(self.districts))
        day = self._plan_day(name, row)
        if len(findings.found) > before or day is None or row["group"] not in self.names:
            return
        group = self.names.index(row["group"])
        if row["district"] is not None:
            plan[day, known.index(key), group, self.districts.index(row["district"])] += row["doses"]
        elif self.people[group].sum() > 0:
            plan[day, known.index(key), group] += row["doses"] * self.people[group] / self.people[group].sum()

    def _plan_day(self, name: str, row: dict[str, Any]) -> int | None:
        """The day of a row; doses before day 0 are history, given on day 0."""
        text: Any = row["day"]
        try:
            value: Any = int(text)
        except ValueError:
            try:
                value = date.fromisoformat(text)
            except ValueError:
                value = None
        if isinstance(value, date):
            value = value.toordinal() - self.reader.start.toordinal() if self.reader.start else None
        if value is None:
            self.reader.findings.add(name, row["row"], "day", text, "day")
        elif value >= self.days:
            self.reader.findings.add(name, row["row"], "day", text, "ends_before", self.days)
            return None
        return None if value is None else max(value, 0)

    def _order(self, rollout: dict[str, Any], scenario: Scenario) -> Order | None:
        total = float(self.people.sum())
        key = (rollout["product"], rollout.get("dose_rank", 1))
        known = [v.key for v in scenario.vaccines]
        if key not in known:
            self._bad("rollout.product", f"{key[0]}:{key[1]}", "unknown_dose", _doses(known))
            return None
        amounts = {}
        for name in ("daily", "supply"):
            if (name in rollout) == (f"{name}_share" in rollout):
                self._bad(f"rollout.{name}", rollout.get(name, ""), "one_of_two", f"{name}, {name}_share")
            amounts[name] = rollout.get(name, rollout.get(f"{name}_share", 0.0) * total)
        start = self.reader.day(f"{self.at}rollout.from", rollout.get("from"), 0)
        if not 0 <= start < self.days:
            self._bad("rollout.from", rollout.get("from", ""), "ends_before", self.days)
        tiers = tiers_of(self.reader, f"{self.at}rollout.order", rollout.get("order", []), self.names)
        return Order(key, amounts["daily"], amounts["supply"], tiers, start)


def _column(table: pl.DataFrame, name: str) -> F | None:
    """A column as numbers, None where the table has none of it; a gap is 0, in susceptibility 1."""
    if name not in table.columns or table[name].null_count() == table.height:
        return None
    return table[name].fill_null(1.0 if name == "susceptibility" else 0.0).to_numpy().astype(np.float64)


def _doses(known: list[tuple[str, int]]) -> str:
    return ", ".join(f"{product}:{rank}" for product, rank in known)


def toml_text(text: str, folder: Path) -> Loaded:
    """A scenario from TOML text; the files it names are looked for in `folder`."""
    return load_document(tomllib.loads(text), Reader(folder / "scenario.toml"))
