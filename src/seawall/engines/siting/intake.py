"""The files of a choice of sites, read into a case: every mistake at once, by file, row and column."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..tables import Column, Findings, dictionary, note, note_unknown, read_table
from .case import Case, Floats, case
from .sphere import great_circle_km

HERE = Path(__file__).parent
YES = ("yes", "1", "true", "True")
MODELS = ("p-median", "max-cover", "set-cover", "capacitated")
MATRIX = 400_000_000  # pairs whose being named twice is noted in one table of bits
NEED_OPEN = ("p-median", "max-cover")
COVERS = ("max-cover", "set-cover")


@dataclass(frozen=True)
class Asked:
    """What is asked: a model, how many sites, how far, and what may be spent in all (None: no limit)."""

    model: str
    open: int | None = None
    radius: float | None = None
    budget: float | None = None
    stations: float | None = None
    teams: float | None = None
    least_share: float | None = None
    coverage: Path | None = None


@dataclass(frozen=True)
class Read:
    """The tables as they were read (`demand`, `candidates`), the case, and the radius of each point (None: not asked)."""

    demand: pl.DataFrame
    candidates: pl.DataFrame
    case: Case
    radius: Floats | None


def read_case(asked: Asked, demand: Path, candidates: Path, distances: Path | None, points: Path | None) -> Read:
    """Reads and checks all files; raises Mistakes with everything that is wrong in them."""
    findings = Findings(HERE / "mistakes.csv")
    columns = dictionary(HERE / "dictionary.csv")
    people, sites = (
        read_table(demand, columns["demand"], findings),
        read_table(candidates, columns["candidates"], findings),
    )
    radius = _radius(asked, demand.name, people, findings)
    _check_candidates(candidates.name, sites, findings)
    _check_asked(asked, sites, findings)
    codes = (
        people["demand"].drop_nulls().unique(maintain_order=True),
        sites["candidate"].drop_nulls().unique(maintain_order=True),
    )
    names = demand.name, candidates.name
    pairs = None
    if points is not None:
        people, sites = _placed(points, columns["points"], (people, sites), names, findings)
    if distances is not None:
        pairs = _pairs(distances, columns["distances"], codes, names, findings)
    elif points is None:
        findings.add("--distances", 0, "", "", "one_of_two")
    elif not findings.found:
        pairs = _pairs_of_points(people, sites)
    unique = people.height == len(codes[0]) and sites.height == len(codes[1])
    made = _case(asked, people, sites, pairs) if pairs is not None and unique else None
    if made is not None:
        _check_reach(asked, names, people, made, findings)
    findings.stop_if_any()
    assert made is not None
    return Read(people, sites, made, radius)


def _case(
    asked: Asked, people: pl.DataFrame, sites: pl.DataFrame, pairs: tuple[np.ndarray, np.ndarray, Floats]
) -> Case:
    """The case; what is wrong in a cell counts as nothing, so that the rest can be judged too."""
    return case(
        _numbers(people, "weight", 0.0), pairs, sites.height, capacity=_numbers(sites, "capacity", np.inf),
        fixed_cost=_numbers(sites, "fixed_cost", 0.0), kept=sites["kept"].is_in(YES).fill_null(False).to_numpy(),
        **_limits(asked, sites),
    )  # fmt: skip


def _numbers(frame: pl.DataFrame, column: str, empty: float) -> Floats:
    return frame[column].cast(pl.Float64).fill_null(empty).clip(0).to_numpy()


def _limits(asked: Asked, sites: pl.DataFrame) -> dict[str, Floats]:
    """What each site takes of the budgets that are asked, and the budgets."""
    mobile = (sites["kind"] == "mobile").fill_null(False).cast(pl.Float64)
    taken = {
        "budget": sites["fixed_cost"].fill_null(0.0),
        "stations": sites["stations"].fill_null(0.0),
        "teams": sites.select(pl.coalesce("teams", mobile)).to_series(),
    }
    limits = {name: getattr(asked, name) for name in taken if getattr(asked, name) is not None}
    use = np.array([taken[name].to_numpy() for name in limits]).reshape(len(limits), sites.height)
    return {"use": use, "limits": np.array(list(limits.values()), float)}


def coverage() -> dict[str, float]:
    """Kilometres within which a site is near, by setting: the shipped rules."""
    findings = Findings(HERE / "mistakes.csv")
    rules = read_table(HERE / "coverage.csv", dictionary(HERE / "dictionary.csv")["coverage"], findings)
    findings.stop_if_any()
    return dict(zip(rules["setting"], rules["radius"], strict=True))


def _radius(asked: Asked, file: str, people: pl.DataFrame, findings: Findings) -> Floats | None:
    """Each point's radius: one for all, or by its setting and the coverage rules."""
    if asked.radius is not None:
        if not 0 < asked.radius < np.inf:
            findings.add("--radius", 0, "", asked.radius, "positive_number")
        return np.full(people.height, asked.radius)
    rules = read_table(
        asked.coverage or HERE / "coverage.csv", dictionary(HERE / "dictionary.csv")["coverage"], findings
    )
    by = dict(zip(rules["setting"], rules["radius"], strict=True))
    if asked.model in COVERS:
        note(findings, file, people.filter(pl.col("setting").is_null()).head(1), "setting", "radius_needed")
    note(findings, file, people.filter(~pl.col("setting").is_in(list(by))), "setting", "setting_known", ", ".join(by))
    if people["setting"].null_count():
        return None
    return people["setting"].replace_strict(by, default=None, return_dtype=pl.Float64).to_numpy()


def _check_candidates(file: str, sites: pl.DataFrame, findings: Findings) -> None:
    orphan = (pl.col("kind") == "temporary") & (pl.col("parent").is_null() | (pl.col("parent_grade").fill_null(0) < 2))
    note(findings, file, sites.filter(orphan), "parent_grade", "parent_grade")


def _check_asked(asked: Asked, sites: pl.DataFrame, findings: Findings) -> None:
    kept = int(sites["kept"].is_in(YES).fill_null(False).sum())
    if asked.open is None:
        if asked.model in NEED_OPEN:
            findings.add("--open", 0, "", "", "open_needed")
    elif asked.open < 1:
        findings.add("--open", 0, "", asked.open, "not_positive")
    elif asked.open > sites.height:
        findings.add("--open", 0, "", asked.open, "open_many", sites.height)
    elif asked.open < kept:
        findings.add("--open", 0, "", asked.open, "open_kept", kept)
    for name in ("budget", "stations", "teams"):
        if (limit := getattr(asked, name)) is not None and not 0 <= limit < np.inf:
            findings.add(f"--{name}", 0, "", limit, "not_negative")
    if asked.least_share is not None and asked.model != "max-cover":
        findings.add("--least-share", 0, "", asked.least_share, "only_cover")
    elif asked.least_share is not None and not 0 <= asked.least_share <= 1:
        findings.add("--least-share", 0, "", asked.least_share, "share")


def _pairs(
    path: Path, columns: list[Column], codes: tuple[pl.Series, pl.Series], files: tuple[str, str], findings: Findings
) -> tuple[np.ndarray, np.ndarray, Floats]:
    """The listed pairs as numbers of points and sites; the plain reader first, the one that names mistakes if it fails."""
    ends = ("demand", "candidate")
    kinds = [pl.Enum(of) for of in codes]
    frame = _quick(path)
    if frame is None:
        frame = read_table(path, columns, findings)
    told = [frame[end].cast(kind, strict=False) for end, kind in zip(ends, kinds, strict=True)]
    for end, numbers, of, file in zip(ends, told, codes, files, strict=True):
        if numbers.null_count() > frame[end].null_count():
            note_unknown(
                findings,
                path.name,
                frame.with_row_index("row", 2) if "row" not in frame.columns else frame,
                end,
                of,
                file,
            )
    point, site = (numbers.to_physical().cast(pl.Int64).fill_null(-1).to_numpy() for numbers in told)
    known = (point >= 0) & (site >= 0)
    _check_twice(path.name, frame, point, site, known, len(codes[1]), findings)
    way = frame["distance"].fill_null(np.inf).to_numpy()
    known &= np.isfinite(way)
    return point[known], site[known], way[known]


def _quick(path: Path) -> pl.DataFrame | None:
    """The distances typed in one pass; None when anything in them may be wrong."""
    if path.suffix != ".csv":
        return None
    schema = {"demand": pl.String, "candidate": pl.String, "distance": pl.Float64}
    try:
        frame = pl.read_csv(path, schema_overrides=schema, columns=list(schema))
    except (pl.exceptions.PolarsError, OSError):
        return None
    good = (pl.col("distance") >= 0) & pl.col("distance").is_finite()
    sound = frame.height and not sum(frame.null_count().row(0)) and frame.select(good.all()).item()
    blank = frame.head(1000).select(
        (pl.col("demand", "candidate").str.strip_chars() != pl.col("demand", "candidate")).any()
    )
    return frame if sound and not any(blank.row(0)) else None


def _check_twice(
    file: str,
    frame: pl.DataFrame,
    point: np.ndarray,
    site: np.ndarray,
    known: np.ndarray,
    sites: int,
    findings: Findings,
) -> None:
    """Notes pairs that an earlier row already gave."""
    code = (point * max(1, sites) + site)[known]
    top = int(code.max()) + 1 if len(code) else 0
    if top <= MATRIX:
        seen = np.zeros(top, bool)
        seen[code] = True
        if int(seen.sum()) == len(code):
            return
    rows = frame if "row" in frame.columns else frame.with_row_index("row", 2)
    again = pl.Series(code).is_first_distinct().not_()
    note(findings, file, rows.filter(pl.Series(known)).filter(again), "candidate", "pair_twice")


def _placed(
    path: Path,
    columns: list[Column],
    ends: tuple[pl.DataFrame, pl.DataFrame],
    files: tuple[str, str],
    findings: Findings,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables with the longitude and latitude of their points."""
    places = read_table(path, columns, findings)
    off = (pl.col("lat").abs() > 90) | (pl.col("lon").abs() > 180)
    note(findings, path.name, places.filter(off), "lat", "latitude")
    found = []
    for frame, code, file in zip(ends, ("demand", "candidate"), files, strict=True):
        at = frame.with_columns(_at=pl.coalesce("point", code))
        note_unknown(
            findings, file, at.with_columns(pl.col("_at").alias(code)), code, places["point"].drop_nulls(), path.name
        )
        where = places.select("point", "lon", "lat").unique("point", keep="first")
        found.append(at.join(where, left_on="_at", right_on="point", how="left", maintain_order="left").drop("_at"))
    return found[0], found[1]


def _pairs_of_points(people: pl.DataFrame, sites: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, Floats]:
    """Every pair with the great-circle distance in km between its ends."""
    (lon, lat), (lon_, lat_) = ((f["lon"].to_numpy(), f["lat"].to_numpy()) for f in (people, sites))
    km = great_circle_km(lon[:, None], lat[:, None], lon_[None, :], lat_[None, :])
    return np.repeat(np.arange(len(lon)), len(lon_)), np.tile(np.arange(len(lon_)), len(lon)), km.ravel()


def _check_reach(asked: Asked, files: tuple[str, str], people: pl.DataFrame, made: Case, findings: Findings) -> None:
    """Points that nobody can serve, and capacities that cannot hold the demand: by how much, and where."""
    if asked.model not in ("p-median", "capacitated") or not len(made.site):
        return
    file = files[0]
    alone = (np.diff(made.start) == 0) & (made.weight > 0)
    note(findings, file, people.filter(pl.Series(alone)), "demand", "unreached")
    if asked.model != "capacitated":
        return
    widest = np.zeros(made.points)
    np.maximum.at(widest, made.point, made.capacity[made.site])
    large = people.with_columns(_most=pl.Series(widest)).filter(pl.Series((made.weight > widest) & ~alone))
    for row in large.iter_rows(named=True):
        findings.add(file, row["row"], "weight", f"{row['weight']:g}", "point_large", f"{row['_most']:g}")
    short = made.weight.sum() - np.sort(made.capacity)[::-1][: _most(asked, made)].sum()
    if short > 1e-9:
        findings.add(files[1], 0, "capacity", "", "capacity_short", f"{short:g}")
    _check_parts(file, people, made, findings)


def _most(asked: Asked, made: Case) -> int:
    return made.sites if asked.open is None else max(0, asked.open)


def _check_parts(file: str, people: pl.DataFrame, made: Case, findings: Findings) -> None:
    """Parts of the map that no way joins, each with less capacity than people."""
    pairs = coo_matrix(
        (np.ones(len(made.site)), (made.point, made.site + made.points)), shape=(made.points + made.sites,) * 2
    )
    count, part = connected_components(pairs, directed=False)
    people_in = np.bincount(part[: made.points], made.weight, count)
    holds = np.bincount(part[made.points :], np.minimum(made.capacity, made.weight.sum()), count)
    points_in = np.bincount(part[: made.points], minlength=count)
    for k in np.flatnonzero((people_in > holds + 1e-9) & (holds > 0) & (points_in < made.points)):
        first = people.filter(pl.Series(part[: made.points] == k)).row(0, named=True)
        codes = ", ".join(people.filter(pl.Series(part[: made.points] == k))["demand"].head(5))
        findings.add(file, first["row"], "demand", codes, "capacity_part", f"{people_in[k] - holds[k]:g}")
