"""A choice on files: what is written, every mistake at once by file, row and column, and why nothing may satisfy."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from seawall.engines.siting import Asked, Infeasible, drawing
from seawall.engines.siting.files import choose_on_files
from seawall.engines.tables import Mistakes
from seawall.interfaces.cli.site import app

EXAMPLES = Path(__file__).parents[3] / "examples" / "sites"
DEMAND = "demand,weight,setting,area,age\nA,10,town,north,18-59\nB,20,town,north,60+\nC,30,country,south,18-59\n"
CANDIDATES = "candidate,capacity,fixed_cost,kept\nx,40,5,yes\ny,40,6,no\nz,60,1,no\n"
DISTANCES = "demand,candidate,distance\nA,x,1\nA,y,4\nB,x,7\nB,y,2\nC,y,8\nC,z,9\nB,z,6\n"


def folder(at: Path, **files: str) -> dict[str, Path]:
    told = {"demand": DEMAND, "candidates": CANDIDATES, "distances": DISTANCES} | files
    for name, text in told.items():
        (at / f"{name}.csv").write_text(text, encoding="utf-8")
    return {name: at / f"{name}.csv" for name in told}


def answered(asked: Asked, at: Path, **files: str) -> dict[str, object]:
    return choose_on_files(asked, out=at / "out", pictures=False, **folder(at, **files))  # type: ignore[arg-type]


def mistakes(asked: Asked, at: Path, **files: str) -> set[tuple[str, int, str, str]]:
    with pytest.raises(Mistakes) as wrong:
        answered(asked, at, **files)
    assert not (at / "out").exists()
    return {(found.file, found.row, found.column, found.rule) for found in wrong.value.found}


def test_an_answer_is_written_with_its_proof(tmp_path: Path) -> None:
    told = answered(Asked("p-median", 2), tmp_path)
    assert told == json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (told["value"], told["bound"], told["proven"], told["gap"]) == (10 + 40 + 240, 290, True, 0)
    assigned = pl.read_csv(tmp_path / "out" / "assignment.csv")
    assert assigned.select("demand", "candidate", "distance").rows() == [
        ("A", "x", 1.0),
        ("B", "y", 2.0),
        ("C", "y", 8.0),
    ]
    assert assigned["distance_before"].to_list() == [1.0, 7.0, None]
    opened = pl.read_csv(tmp_path / "out" / "open.csv")
    assert opened.select("candidate", "state", "people").rows() == [("x", "kept", 10.0), ("y", "opened", 50.0)]


def test_rules_of_cover_go_by_setting_and_the_far_are_named(tmp_path: Path) -> None:
    told = answered(Asked("max-cover", 1), tmp_path, candidates=CANDIDATES.replace("yes", "no"))
    assert (told["value"], told["open"]) == (60, 1)
    assert told["worst_share"] == 1.0
    told = answered(
        Asked("max-cover", 2),
        tmp_path,
        candidates="candidate,kept\nx,yes\nz,no\n",
        distances=DISTANCES.replace("A,y,4\n", "").replace("B,y,2\n", "").replace("C,y,8\n", ""),
    )
    assert (told["value"], told["worst_area"], told["people_near_before"]) == (40, "north", 10)
    assert pl.read_csv(tmp_path / "out" / "far.csv")["demand"].to_list() == ["B"]


def test_distances_before_and_after_hold_everybody_once(tmp_path: Path) -> None:
    answered(Asked("p-median", 2), tmp_path)
    bins = pl.read_csv(tmp_path / "out" / "distances.csv")
    assert bins["people_before"].sum() == bins["people_after"].sum() == 60
    assert bins.filter(pl.col("from").is_null())["people_before"].item() == 30


def test_one_more_site_is_worth_what_it_saves(tmp_path: Path) -> None:
    answered(Asked("p-median", 1), tmp_path, candidates=CANDIDATES.replace("yes", "no"))
    more = pl.read_csv(tmp_path / "out" / "one_more.csv")
    assert dict(more.select("candidate", "distance_saved").iter_rows()) == {"x": 30.0, "z": 0.0}


def test_the_curve_goes_on_from_the_answer(tmp_path: Path) -> None:
    files = folder(tmp_path)
    choose_on_files(Asked("p-median", 2), out=tmp_path / "out", more=5, pictures=False, **files)  # type: ignore[arg-type]
    assert pl.read_csv(tmp_path / "out" / "curve.csv").select("open", "value").rows() == [(2, 290.0), (3, 290.0)]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    found = mistakes(
        Asked("p-median", 9), tmp_path, demand="demand,weight\nA,-1\nB,x\nC,3\nD,4\n",
        candidates="candidate,kind,parent_grade\nx,temporary,1\ny,tent,\n",
        distances="demand,candidate,distance\nA,x,1\nA,x,2\nB,y,-3\nQ,y,1\nC,y,\nC,x,2\n",
    )  # fmt: skip
    assert found == {
        ("demand.csv", 2, "weight", "not_negative"),
        ("demand.csv", 3, "weight", "float"),
        ("demand.csv", 5, "demand", "unreached"),
        ("candidates.csv", 2, "parent_grade", "parent_grade"),
        ("candidates.csv", 3, "kind", "one_of"),
        ("distances.csv", 3, "candidate", "pair_twice"),
        ("distances.csv", 4, "distance", "not_negative"),
        ("distances.csv", 5, "demand", "known"),
        ("distances.csv", 6, "distance", "required"),
        ("--open", 0, "", "open_many"),
    }


def test_capacities_that_cannot_hold_the_demand_say_by_how_much_and_where(tmp_path: Path) -> None:
    found = mistakes(
        Asked("capacitated"), tmp_path, candidates="candidate,capacity\nx,20\ny,25\nz,5\n",
        distances="demand,candidate,distance\nA,x,1\nB,x,7\nC,y,8\nC,z,8\n",
    )  # fmt: skip
    assert found == {
        ("candidates.csv", 0, "capacity", "capacity_short"),
        ("demand.csv", 4, "weight", "point_large"),
        ("demand.csv", 2, "demand", "capacity_part"),
    }
    with pytest.raises(Mistakes, match="10 people short"):
        answered(Asked("capacitated"), tmp_path, candidates="candidate,capacity\nx,20\ny,25\nz,5\n")


def test_a_file_without_pairs_is_one_mistake_and_not_one_for_each_point(tmp_path: Path) -> None:
    found = mistakes(Asked("p-median", 2), tmp_path, distances="demand,candidate,distance\n")
    assert {(file, row) for file, row, *_ in found} == {("distances.csv", 0)}


def test_the_curve_of_a_model_that_chooses_how_many_goes_on_from_its_answer(tmp_path: Path) -> None:
    files = folder(tmp_path)
    choose_on_files(Asked("set-cover", radius=9), out=tmp_path / "out", more=1, pictures=False, **files)  # type: ignore[arg-type]
    assert pl.read_csv(tmp_path / "out" / "curve.csv").select("open", "bought").rows() == [(2, None), (3, 0.0)]


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (Asked("p-median"), "open_needed"),
        (Asked("p-median", 0), "not_positive"),
        (Asked("max-cover", 2, radius=-1), "positive_number"),
        (Asked("max-cover", 2, least_share=2), "share"),
        (Asked("p-median", 2, budget=-1), "not_negative"),
        (Asked("p-median", 2, least_share=0.5), "only_cover"),
    ],
)
def test_options_are_judged_as_files_are(tmp_path: Path, asked: Asked, rule: str) -> None:
    assert {found[3] for found in mistakes(asked, tmp_path)} == {rule}


def test_kept_sites_are_among_those_asked(tmp_path: Path) -> None:
    found = mistakes(Asked("p-median", 1), tmp_path, candidates="candidate,kept\nx,1\ny,1\nz,0\n")
    assert {rule for *_, rule in found} == {"open_kept"}


def test_cover_needs_a_radius_or_settings(tmp_path: Path) -> None:
    assert {
        rule for *_, rule in mistakes(Asked("max-cover", 1), tmp_path, demand="demand,weight\nA,1\nB,1\nC,1\n")
    } == {"radius_needed"}


def test_who_is_out_of_reach_is_named(tmp_path: Path) -> None:
    with pytest.raises(Infeasible, match=r"\(C\)"):
        answered(Asked("set-cover", radius=7.5), tmp_path)


def test_coordinates_stand_in_for_distances(tmp_path: Path) -> None:
    files = folder(
        tmp_path,
        points="point,lon,lat\nA,106.5,29.5\nB,106.6,29.5\nC,106.5,29.6\nx,106.5,29.5\ny,106.6,29.6\nz,106.5,29.6\n",
    )
    del files["distances"]
    told = choose_on_files(Asked("p-median", 3), out=tmp_path / "out", **files)  # type: ignore[arg-type]
    assert told["value"] == pytest.approx(20 * 9.66, rel=2e-2)  # B to x: a tenth of a degree at 29.5 north, 9.68 km
    assert {"map.svg", "distances.svg", "page.html"} <= {path.name for path in (tmp_path / "out").iterdir()}


@pytest.mark.parametrize("model", ["p-median", "max-cover", "set-cover", "capacitated"])
def test_the_command_answers_the_shipped_example(tmp_path: Path, model: str) -> None:
    at = EXAMPLES / "choose"
    call = ["choose", "--model", model, "--out", str(tmp_path), "--no-pictures"]
    call += [piece for name in ("demand", "candidates", "points") for piece in (f"--{name}", str(at / f"{name}.csv"))]
    call += ["--open", "12"] if model in ("p-median", "max-cover") else []
    call += ["--radius", "15"] if model == "set-cover" else []
    ran = CliRunner().invoke(app, call)
    assert ran.exit_code == 0, ran.output
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["proven"]


def test_the_command_tells_mistakes_and_impossible_wishes_by_exit_code(tmp_path: Path) -> None:
    files = [piece for name, path in folder(tmp_path).items() for piece in (f"--{name}", str(path))]
    common = ["choose", *files, "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(app, [*common, "--model", "p-median", "--open", "9"]).exit_code == 2
    assert CliRunner().invoke(app, [*common, "--model", "set-cover", "--radius", "1"]).exit_code == 3


def test_many_points_are_drawn_by_the_cells_of_a_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    x, y, weight = rng.random(900), rng.random(900), rng.integers(1, 9, 900).astype(float)
    monkeypatch.setattr(drawing, "DRAWN", 800)
    at, up, heavy = drawing._spots(x, y, weight)
    assert len(at) < 900
    assert heavy.sum() == weight.sum()
    assert (at.min(), up.min()) >= (x.min(), y.min())
    assert len(drawing._spots(x[:800], y[:800], weight[:800])[0]) == 800
