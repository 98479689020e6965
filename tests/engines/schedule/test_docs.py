"""The walk in docs/schedules.md: the files it prints make a schedule, and it answers what the page says."""

import re
from datetime import date
from pathlib import Path

import pytest

from seawall.engines.schedule import judge, load

from .cases import frames, parts

PAGE = (Path(__file__).parents[3] / "docs" / "schedules.md").read_text(encoding="utf-8")
FILES = re.findall(r"```(?:toml|csv)\n# river-fever/(\S+)\n(.*?)```", PAGE, re.S)
ANSWERS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in re.search(r"\| born \|.*?\n\n", PAGE, re.S).group(0).strip().splitlines()[2:]
]


@pytest.fixture(scope="module")
def river_fever(tmp_path_factory):
    folder = tmp_path_factory.mktemp("river-fever")
    for name, text in FILES:
        (folder / name).write_text(text, encoding="utf-8")
    return load(folder)


def test_the_walk_has_its_files_and_answers():
    assert len(FILES) == 10
    assert len(ANSWERS) == 10


@pytest.mark.parametrize("line", ANSWERS, ids=[" ".join(line[:3]) for line in ANSWERS])
def test_the_page_answers_as_printed(river_fever, line):
    birth, history, as_of, verdicts, status, earliest, why = line
    case = {"birth": birth, "sex": "F", "history": history, "conditions": "", "as_of": as_of}
    *columns, _ = frames(case)
    answer = judge(river_fever, *columns, as_of=date.fromisoformat(as_of))
    found = ["-" if v is None else v for v in answer.verdicts["verdict"]]
    due = answer.due.row(0, named=True)
    assert (found, due["status"], str(due["earliest"] or ""), due["reason"]) == (parts(verdicts), status, earliest, why)
