"""The command line on files: every kind of input as it stands, and every mistake named by file, row and column."""

import gzip
import json
import re
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from seawall.interfaces.cli.signals import app

SYMPTOMS = ",".join(f"SYMPTOM{i}" for i in range(1, 6))
run = CliRunner().invoke


def scored(folder: Path, *words: object) -> tuple[pl.DataFrame, dict]:
    out = folder / "out.csv"
    answer = run(app, ["score", *map(str, words), "--out", str(out)])
    assert answer.exit_code == 0, answer.output
    return pl.read_csv(out), json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))


def refused(*words: object) -> str:
    answer = run(app, list(map(str, words)))
    assert answer.exit_code == 2, answer.output
    assert "Traceback" not in answer.output
    return answer.output


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


COLUMNS = "product,event,n,expected,prr,prr_low,prr_high,chi2,chi2_yates,ror,ror_low,ror_high,ic,ic_low,ic_high,ebgm,eb05,eb95"


def test_a_line_list_with_a_report_id(aefi: Path, tmp_path: Path) -> None:
    words = (aefi / "caers.csv.gz", "--product", "var1", "--event", "var2", "--report", "id")
    frame, summary = scored(tmp_path, *words)
    assert frame.columns == [*COLUMNS.split(","), "reason", "muted"]
    assert frame.height == 17_189 and summary["total"] == 3_356 and summary["unit"] == "unique reports"
    assert summary["prior"]["log_likelihood"] == pytest.approx(-4162.456, abs=1e-3)
    assert any("counted once" in note for note in summary["notes"])
    layers, summary = scored(tmp_path, *words, "--strata", "strat1", "--method", "prr")
    assert list(summary["strata"]) == ["Female", "Male", "Not Available"] and sum(summary["strata"].values()) == 3_356
    assert "ror" not in layers.columns and layers["expected"].sum() != pytest.approx(frame["expected"].sum())


def test_counts_in_long_form(aefi: Path, tmp_path: Path) -> None:
    words = ("--product", "Drug lab", "--event", "AE lab", "--count", "n11", "--method", "prr,ror,ic")
    frame, summary = scored(tmp_path, aefi / "PhViDdata.frame.csv.gz", *words)
    assert frame.height == 102_483 and summary["total"] == frame["n"].sum()


def test_two_files_joined_on_the_report(aefi: Path, tmp_path: Path) -> None:
    vaccines, symptoms = (aefi / f"2021VAERS{kind}_20210219.csv.gz" for kind in ("VAX", "SYMPTOMS"))
    words = ("--on", "VAERS_ID", "--product", "VAX_NAME", "--event", SYMPTOMS, "--method", "prr,ror,ic")
    frame, summary = scored(tmp_path, vaccines, "--join", symptoms, *words)
    turned, _ = scored(tmp_path, symptoms, "--join", vaccines, *words)
    assert frame.equals(turned)
    ids = [set(pl.read_csv(path, infer_schema=False)["VAERS_ID"]) for path in (vaccines, symptoms)]
    assert summary["total"] == len(ids[0] & ids[1])
    tested = frame.filter(pl.col("event") == "SARS-CoV-2 test positive")
    assert tested.height and set(tested["muted"]) == {"tested"}


def test_matrices_as_strata_show_why_the_infant_stratum_matters(aefi: Path, tmp_path: Path) -> None:
    """Intussusception after rotavirus vaccine in 1999: far fewer are left once infants are compared with infants."""
    crude, _ = scored(tmp_path, aefi / "rv_table.csv", "--matrix")
    layers = [aefi / f"{name}_table.csv" for name in ("rvold", "rvyoung")]
    adjusted, summary = scored(tmp_path, *layers, "--matrix", "--strata-by-file")
    pair = (pl.col("product") == "Rv") & (pl.col("event") == "Intussusception")
    before, after = (frame.row(by_predicate=pair, named=True) for frame in (crude, adjusted))
    assert before["n"] == 34 and before["prr"] > 15 and after["prr_low"] > 2 and after["prr"] < 5
    assert set(summary["strata"]) == {"rvold_table", "rvyoung_table"}


def test_parquet_and_gzip_read_alike(tmp_path: Path) -> None:
    text = "product,event,n\nA,x,3\nA,y,9\nB,x,2\nB,y,40\n"
    plain = write(tmp_path / "a.csv", text)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    pl.read_csv(plain).write_parquet(tmp_path / "c.parquet")
    made = [
        scored(tmp_path, path, "--count", "n")[0] for path in (plain, tmp_path / "b.csv.gz", tmp_path / "c.parquet")
    ]
    assert made[0].equals(made[1]) and made[0].equals(made[2])


def test_a_table_of_one_row_has_no_ratio_and_says_why(tmp_path: Path) -> None:
    frame, summary = scored(tmp_path, write(tmp_path / "a.csv", "product,event,n\nA,x,3\n"), "--count", "n")
    row = frame.row(0, named=True)
    assert row["prr"] is None and row["ebgm"] is None and "product_alone" in row["reason"]
    assert summary["prior"] is None


def test_mistakes_in_counts_are_all_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "product,event,n\nA,x,-3\nA,y,\nB,x,two\nA,x,1\n,z,4\nB,y,1.5\n")
    said = refused("score", path, "--count", "n", "--out", tmp_path / "o.csv")
    for row, column in ((2, "n"), (3, "n"), (4, "n"), (5, "event"), (6, "product"), (7, "n")):
        assert f"a.csv row {row} {column}" in said
    assert not (tmp_path / "o.csv").exists()
    assert "no report" in refused("score", write(path, "product,event,n\nA,x,0\n"), "--count", "n", "--out", "o.csv")


def test_mistakes_in_a_matrix_are_all_named(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", "event,A,B\nx,1,-2\nx,,3\n")
    other = write(tmp_path / "n.csv", "event,A,C\nx,1,2\n")
    said = refused("score", path, "--matrix", "--out", tmp_path / "o.csv")
    assert "m.csv row 2 B" in said and "m.csv row 3 A" in said and "m.csv row 3 event" in said
    good = write(path, "event,A,B\nx,1,2\n")
    assert "n.csv B, C" in refused("score", good, other, "--matrix", "--strata-by-file", "--out", tmp_path / "o.csv")


def test_rows_of_a_line_list_are_independent(tmp_path: Path) -> None:
    path = write(tmp_path / "l.csv", "id,product,event,sex\n1,A,x,f\n1,A,x,f\n2,,x,m\n3,B,y,m\n4,B,,f\n")
    frame, summary = scored(tmp_path, path, "--report", "id")
    assert summary["total"] == 2 and frame["n"].sum() == 2
    told = "\n".join(summary["notes"])
    assert "l.csv row 3 id" in told and "l.csv row 4 product" in told and "l.csv row 6 event" in told
    twice = write(path, "id,product,event,sex\n1,A,x,f\n1,A,y,m\n")
    assert "two strata" in refused("score", twice, "--report", "id", "--strata", "sex", "--out", tmp_path / "o.csv")


def test_unknown_columns_files_and_measures_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "l.csv", "id,product,event\n1,A,x\n")
    assert "l.csv nix" in refused("score", path, "--product", "nix", "--out", tmp_path / "o.csv")
    assert "gone.csv" in refused("score", tmp_path / "gone.csv", "--out", tmp_path / "o.csv")
    assert "--method" in refused("score", path, "--method", "prr,odds", "--out", tmp_path / "o.csv")
    assert "--on" in refused("score", path, "--join", path, "--out", tmp_path / "o.csv")
    other = write(tmp_path / "k.csv", "id,term\n9,x\n")
    said = refused("score", path, "--join", other, "--on", "id", "--event", "term", "--out", tmp_path / "o.csv")
    assert "No id occurs in both" in said


def test_a_critical_value_is_one_number_with_eight_decimals() -> None:
    assert run(app, ["critical-value", "--limit", "20"]).stdout == "3.62812302\n"
    assert run(app, ["critical-value", "--limit", "10", "--minimum-events", "4"]).stdout == "2.92156133\n"
    assert "cannot be reached" in refused("critical-value", "--limit", "0.1", "--minimum-events", "4")


def test_a_running_campaign_on_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "looks.csv", "date,events,expected\n2021-03-01,1,1.0\n2021-03-04,9,1.5\n")
    totals = write(tmp_path / "totals.csv", "date,events,expected\n2021-03-01,1,1.0\n2021-03-04,10,2.5\n")
    words = ["sequential", "--limit", "20", "--out", str(tmp_path / "o.csv"), "--pictures", str(tmp_path / "p")]
    answer = run(app, [*words, str(path)])
    assert answer.exit_code == 0 and "reason is still to be found" in answer.output
    found = pl.read_csv(tmp_path / "o.csv")
    assert found["signal"].to_list() == [False, True]
    assert {"course.html", "course.png", "course.svg"} <= {p.name for p in (tmp_path / "p").iterdir()}
    run(app, [*words, str(totals), "--cumulative"])
    assert pl.read_csv(tmp_path / "o.csv")["llr"].to_list() == found["llr"].to_list()
    bad = write(path, "date,events,expected\n2021-03-04,-1,1\n2021-03-01,2,x\n")
    said = refused("sequential", bad)
    assert "row 2 events" in said and "row 3 expected" in said and "row 3 date" in said


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        ("en", ["Running test", "log-likelihood ratio"], r"[\u4e00-\u9fff]"),
        ("zh-hans", ["累计检验", "界值"], "Running test|likelihood|Rows"),
    ],
)
def test_a_picture_is_written_in_the_language_asked_alone(
    tmp_path: Path, language: str, said: list[str], unsaid: str
) -> None:
    looks = write(tmp_path / "looks.csv", "date,events,expected\n2021-03-01,1,1.0\n2021-03-04,9,1.5\n")
    asked = ["--out", str(tmp_path / "o.csv"), "--pictures", str(tmp_path / "p"), "--language", language]
    assert run(app, ["sequential", str(looks), "--limit", "20", *asked]).exit_code == 0
    page = (tmp_path / "p" / "course.html").read_text(encoding="utf-8")
    drawn = re.sub(r"<style.*?</style>", "", page, flags=re.S)
    drawn = re.sub(r'font(?:-family)?: ?[^;"]*', "", drawn)
    assert all(word in drawn for word in said) and not re.search(unsaid, drawn)


def test_observed_and_expected_on_files(tmp_path: Path) -> None:
    doses = write(tmp_path / "d.csv", "date,age_group,sex,doses,lot\n2021-03-01,18-59,f,100000,L1\n")
    rates = write(tmp_path / "r.csv", "event,age_group,sex,rate,first,last\nGBS,18-59,f,1.7,1,42\n")
    events = write(tmp_path / "e.csv", "event,age_group,sex,dose,onset,lot\nGBS,18-59,f,2021-03-01,2021-03-09,L1\n")
    words = ["expected", "--doses", str(doses), "--rates", str(rates), "--events", str(events), "--by", "lot"]
    answer = run(app, [*words, "--as-of", "2021-06-01", "--out", str(tmp_path / "o.csv")])
    assert answer.exit_code == 0, answer.output
    row = pl.read_csv(tmp_path / "o.csv").row(0, named=True)
    assert (row["lot"], row["observed"]) == ("L1", 1)
    assert row["expected"] == pytest.approx(100_000 * 42 / 365.25 * 1.7e-5)
    write(
        events,
        "event,age_group,sex,dose,onset,lot\nGBS,18-59,f,2021-03-09,2021-03-01,L1\nITP,60+,f,2021-03-01,2021-03-02,L1\n",
    )
    said = refused(*words)
    assert "e.csv row 2 onset" in said and "e.csv row 3 age_group (60+ f)" in said and "e.csv row 3 event (ITP)" in said


def test_units_series_and_clusters_on_files(tmp_path: Path) -> None:
    lines = "".join(f"L{i},{40 if i == 4 else i % 3},1500,\n" for i in range(12))
    units = write(tmp_path / "u.csv", "unit,events,doses,expected\n" + lines)
    answer = run(app, ["units", str(units), "--out", str(tmp_path / "o.csv"), "--pictures", str(tmp_path / "p")])
    assert answer.exit_code == 0 and "L4: 40 events" in answer.output and (tmp_path / "p/funnel.png").exists()
    assert "doses, expected" in refused("units", write(units, "unit,events\nL1,3\n"))
    cases = write(tmp_path / "c.csv", "person,start,end,dose,event\na,1,365,100,110\nb,1,365,90,200\nc,1,365,50,400\n")
    assert "row 4 event" in refused("sccs", cases, "--risk", "1-28")
    assert "--risk" in refused("sccs", write(cases, "person,start,end,dose,event\na,1,365,100,110\n"), "--risk", "28-1")
    reports = write(
        tmp_path / "k.csv", "unit,product,symptom,serious,onset\nS,A,x,yes,2021-03-01\nS,B,x,yes,2021-03-02 08:00\n"
    )
    answer = run(app, ["clusters", str(reports)])
    assert answer.exit_code == 0 and "serious,S,,x" in answer.stdout
    assert "row 2 onset" in refused(
        "clusters", write(reports, "unit,product,symptom,serious,onset\nS,A,x,maybe,soon\n")
    )
