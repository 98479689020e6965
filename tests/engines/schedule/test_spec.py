"""Every rule as a table of histories and answers: the same tables that the manual is made from."""

import pytest

from seawall.engines.schedule import judge, load, shipped

from .cases import SPEC, cases, frames, parts

PROGRAMMES = sorted(p.name for p in SPEC.iterdir() if p.is_dir())
CASES = [(programme, case) for programme in PROGRAMMES for case in cases(programme)]
DUE = {"status": "status", "next_rank": "dose_rank", "earliest": "earliest", "overdue_from": "overdue_from",
       "latest": "latest", "why": "reason", "rule": "rule", "complete_on": "complete_on", "series": "series"}  # fmt: skip
VERDICTS = {"verdicts": "verdict", "reasons": "reason", "ranks": "dose_rank"}


@pytest.fixture(scope="module")
def schedules():
    return {name: load(shipped(name)) for name in PROGRAMMES}


@pytest.mark.parametrize(("programme", "case"), CASES, ids=[f"{p}/{c['case']}" for p, c in CASES])
def test_answers_as_the_rule_says(schedules, programme, case):
    *columns, as_of = frames(case)
    answer = judge(schedules[programme], *columns, as_of=as_of)
    target = case["target"] or answer.due["target"][0]
    due = answer.due.filter(target=target).row(0, named=True)
    verdicts = answer.verdicts.filter(target=target)
    for cell, column in VERDICTS.items():
        if case[cell]:
            found = ["" if v is None else str(v) for v in verdicts[column]]
            assert found == ["" if part == "-" else part for part in parts(case[cell])], cell
    for cell, column in DUE.items():
        if case[cell]:
            assert str(due[column]) == case[cell], cell
    if case["products"]:
        assert "|".join(due["products"]) == case["products"]


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_row_of_intervals_ages_and_spacing_decides_in_some_case(schedules, programme):
    schedule, named = schedules[programme], set()
    for case in cases(programme):
        *columns, as_of = frames(case)
        answer = judge(schedule, *columns, as_of=as_of)
        named |= {*answer.verdicts["rule"], *answer.due["rule"]}
    rows = (*schedule.tables.intervals, *schedule.tables.ages, *schedule.tables.spacing)
    assert [row.rule for row in rows if row.rule not in named] == []
