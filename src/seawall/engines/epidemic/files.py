"""A scenario on files alone: TOML in; curves, summary, tables and pictures out."""

import json
from pathlib import Path
from typing import Any

from ..tables import write_frame, write_whole
from .load import load_scenario
from .run import curves_frame, outcome, run, summary


def epidemic_on_files(path: Path | str, out: Path | str) -> dict[str, Any]:
    """Runs a scenario file and writes its answers to a folder; raises Mistakes before anything is written."""
    loaded, folder = load_scenario(path), Path(out)
    result = run(loaded.scenario)
    without = run(loaded.scenario.without_vaccine())
    answer = summary(result, without)
    write_frame(curves_frame(result), folder / "curves.csv")
    write_frame(outcome(result, without), folder / "outcome.csv")
    write_json(answer, folder / "summary.json")
    return answer


def write_json(answer: dict[str, Any], path: Path) -> None:
    """A dictionary as JSON, whole or not at all; numbers of numpy as plain ones."""
    text = json.dumps(answer, ensure_ascii=False, indent=2, default=float) + "\n"
    write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8"))
