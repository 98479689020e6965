"""The files of an engine are read with every mistake at once."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from seawall.engines.tables import Column, Findings, Mistakes, read_section, read_table, read_toml, write_frame

COLUMNS = [
    Column("demand", "demand", "text", "", True, "unique", "point"),
    Column("demand", "weight", "float", "persons", True, "not_negative", "persons there"),
    Column("demand", "kind", "text", "", False, "one_of:town|country", "kind of place"),
]


def told(findings: Findings) -> set[tuple[int, str, str]]:
    return {(m.row, m.column, m.rule) for m in findings.found}


def test_every_mistake_is_found_in_one_reading(tmp_path: Path) -> None:
    file = tmp_path / "demand.csv"
    file.write_text("demand,weight,kind\na,1,town\nb,-2,\na,x,city\n,3,\nc,nan,\nd,,\n")
    findings = Findings()
    frame = read_table(file, COLUMNS, findings)
    assert told(findings) == {
        (3, "weight", "not_negative"), (4, "demand", "unique"), (4, "weight", "float"), (4, "kind", "one_of"),
        (5, "demand", "required"), (6, "weight", "finite"), (7, "weight", "required"),
    }  # fmt: skip
    assert frame.filter(pl.col("row") == 2).row(0) == (2, "a", 1.0, "town")
    with pytest.raises(Mistakes, match="row 3 weight"):
        findings.stop_if_any()


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("demand.csv", b"", "no_rows"),
        ("demand.csv", b"demand,weight\n", "no_rows"),
        ("demand.csv", b"demand\na\n", "column_missing"),
        ("demand.csv", b"demand,weight\n\xff\xfe,1\n", "file_unread"),
        ("demand.csv.gz", b"not gzip", "file_unread"),
        ("demand.parquet", b"not parquet", "file_unread"),
        ("other.csv", None, "file_missing"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_named(
    tmp_path: Path, name: str, content: bytes | None, rule: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    findings = Findings()
    assert read_table(tmp_path / name, COLUMNS, findings).is_empty() or rule == "file_unread"
    assert [m.rule for m in findings.found] == [rule]


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_the_same_rows_come_from_every_kind_of_file(tmp_path: Path, ending: str) -> None:
    frame, file = pl.DataFrame({"demand": ["a", "b"], "weight": [1.5, 2.0]}), tmp_path / f"demand.{ending}"
    if ending == "csv.gz":
        file.write_bytes(gzip.compress(frame.write_csv().encode()))
    else:
        write_frame(frame, file)
    findings = Findings()
    assert read_table(file, COLUMNS, findings)["weight"].to_list() == [1.5, 2.0]
    assert not findings.found


def test_after_twenty_of_one_mistake_the_rest_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "demand.csv"
    file.write_text("demand,weight\n" + "".join(f"p{n},-1\n" for n in range(50)))
    findings = Findings()
    read_table(file, COLUMNS, findings)
    assert len(findings.found) == 21
    assert findings.found[-1].en.startswith("30 more rows")


def test_a_toml_section_is_checked_key_by_key(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("demand = 3\nweight = -1\nkind = 'city'\nwidth = 2\n")
    findings = Findings()
    assert read_section(read_toml(file, findings), file.name, "site.", COLUMNS, findings) == {}
    assert told(findings) == {
        (0, "site.demand", "text"), (0, "site.weight", "not_negative"), (0, "site.kind", "one_of"),
        (0, "site.width", "key_unknown"),
    }  # fmt: skip
    assert all(m.zh and m.en for m in findings.found)
