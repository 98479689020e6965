"""An export is of a closed day: strict JSON, the doses that its closing knew, and no trace of what came after."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest

from seawall.campaigns import selectors as campaigns
from seawall.people import services as people
from seawall.platform import clock, sql
from seawall.reports import services
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import DoseSource
from seawall.terms.people import DoseRecord
from tests.city import LIVED_UNTIL
from tests.clinic.world import DAY, PROGRAMME, done
from tests.engines.planning.test_unknown_gap import strict

FILES = ("people", "doses", "stock", "closings")


@pytest.mark.parametrize("on", [None, DAY, DAY + timedelta(days=30)])
def test_a_day_that_was_not_closed_is_not_exported(hall, tmp_path: Path, on):
    with pytest.raises(Refused, match="DAY_NOT_CLOSED"):
        services.export(campaigns.current(), on, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_note_is_strict_json_and_counts_the_rows_of_every_file(hall, closed, tmp_path: Path):
    assert hall.give(hall.ready(hall.person()), hall.packs(2)[0]).done
    closed(DAY)
    rows = services.export(campaigns.current(), DAY, tmp_path)
    about = strict((tmp_path / "export.json").read_text(encoding="utf-8"))
    assert about["rows"] == rows == {name: pl.read_parquet(tmp_path / f"{name}.parquet").height for name in FILES}
    assert (about["as_of"], rows["people"], rows["doses"]) == (DAY.isoformat(), 1, 1)
    types = {(r["file"], r["column"]): r["type"] for r in services.dictionary()}
    for name in FILES:
        frame = pl.read_parquet(tmp_path / f"{name}.parquet")
        kinds = {"text": pl.String, "integer": pl.Int64, "date": pl.Date, "datetime": pl.Datetime("us", "UTC")}
        assert dict(frame.schema) == {c: kinds[types[name, c]] for c in frame.columns}
    with pytest.raises(AssertionError, match="NaN"):
        strict(json.dumps({"x": float("nan")}))


def test_an_export_made_again_tells_nothing_that_was_entered_after_the_closing(
    city: str, django_db_blocker: pytest.FixtureRequest, anyone: Actor, tmp_path: Path
):
    """In a city whose acts are transactions of their own: what a closing knew is told by their order."""
    with django_db_blocker.unblock():
        before = services.export(campaigns.current(), LIVED_UNTIL, tmp_path / "before")
        ((person,),) = sql.fetch(
            "SELECT id FROM people_person p WHERE NOT EXISTS (SELECT 1 FROM people_doseevent d WHERE d.person_id = p.id) "
            "AND birth < '1990-01-01' ORDER BY id LIMIT 1"
        )
        line = DoseRecord(
            act=uuid4(), occurred_at=clock.now(), person_id=person, programme=PROGRAMME, given_on=LIVED_UNTIL, product="BIBP",
            source=DoseSource.HISTORY, evidence="paper",
        )  # fmt: skip
        done(people.dose_record(anyone, [line]))
        after = services.export(campaigns.current(), LIVED_UNTIL, tmp_path / "after")
        assert after["doses"] == before["doses"] > 0
        columns = ["product", "given_on", "source", "unit"]
        doses = [pl.read_parquet(tmp_path / name / "doses.parquet")[columns] for name in ("before", "after")]
        assert doses[0].sort(columns).equals(doses[1].sort(columns))
