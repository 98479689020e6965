"""A scenario on files alone: TOML in; curves, summary, tables, pictures and one page out."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ..pictures import drawn, spoken, svg, write_page
from ..tables import write_frame, write_json
from . import draw
from .agents import agents
from .barrier import barrier
from .calibrate import calibrate
from .ensemble import Ensemble, bands, ensemble, spread
from .load import Loaded, load_scenario
from .prioritise import best, prioritise
from .run import Course, curves_frame, outcome, run, summary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = ("group", "people", "infections", "attack_rate", "deaths", "infections_averted", "deaths_averted")


class _Out:
    """The folder of the answers; each table and picture is written once, and the page shows them in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: list[tuple[str, str, str]] = []

    def frame(self, name: str, frame: pl.DataFrame) -> None:
        write_frame(frame, self.folder / f"{name}.csv")

    def picture(self, name: str, zh: str, en: str, make: "Callable[[], Figure]") -> None:
        self.parts.append((zh, en, svg(drawn(make, self.folder, name))))

    def rows(self, zh: str, en: str, frame: pl.DataFrame, codes: Sequence[str] = ()) -> None:
        self.parts.append((zh, en, spoken(frame, codes)))


def epidemic_on_files(path: Path | str, out: Path | str) -> dict[str, Any]:
    """Runs a scenario file and writes its answers to a folder; raises Mistakes before anything is written."""
    loaded = load_scenario(path)
    target = _Out(Path(out))
    answer = _courses(loaded, target)
    answer |= _who_first(loaded, target) | _barrier(loaded, target) | _fit(loaded, target) | _agents(loaded, target)
    write_json(answer, target.folder / "summary.json")
    write_page(
        target.folder / "index.html", f"传播情景：{answer['scenario']}", f"Scenario: {answer['scenario']}", target.parts
    )
    return answer


def _courses(loaded: Loaded, out: _Out) -> dict[str, Any]:
    """The course, the same without vaccine, the variants side by side, and the stochastic runs."""
    first = run(loaded.scenario)
    without = run(loaded.scenario.without_vaccine())
    answer: dict[str, Any] = summary(first, without)
    out.frame("curves", curves_frame(first))
    out.frame("outcome", outcome(first, without))
    others = [run(variant) for variant in loaded.variants]
    answer["variants"] = {}
    for course in others:
        answer["variants"][course.scenario.name] = summary(course, run(course.scenario.without_vaccine()))
    courses = [first, *others]
    out.frame("scenarios", pl.concat([_named(course) for course in courses]))
    members = _members(loaded, out)
    if members is not None:
        answer["ensemble"] = spread(members).to_dicts()
    out.picture("curves", "疫情曲线", "Epidemic curves", lambda: draw.scenarios(courses, members))
    out.picture("attack_rates", "感染率", "Attack rates", lambda: draw.attack_rates(courses))
    out.rows("结果", "Outcome", outcome(first, without).select(SHOWN))
    return answer


def _named(course: Course) -> pl.DataFrame:
    frame = outcome(course, run(course.scenario.without_vaccine()))
    return frame.select(pl.lit(course.scenario.name).alias("scenario"), pl.all())


def _members(loaded: Loaded, out: _Out) -> Ensemble | None:
    if not loaded.members:
        return None
    members = ensemble(loaded.scenario, loaded.members, loaded.seed)
    out.frame("bands", bands(members))
    out.frame("spread", spread(members))
    return members


def _who_first(loaded: Loaded, out: _Out) -> dict[str, Any]:
    asked = loaded.asked.who_first
    if asked is None:
        return {}
    found = prioritise(loaded.scenario, asked.orders, asked.supply_shares, asked.r0)
    out.frame("who_first", found)
    counts = {"infections": ("感染", "infections")}
    if found["deaths"].max():
        counts["deaths"] = ("死亡", "deaths")
    if found["life_years"].max():
        counts["life_years"] = ("寿命损失", "years of life")
    chosen = {count: best(found, count) for count in counts}
    for count, (zh, en) in counts.items():
        out.frame(f"best_{count}", chosen[count])
        made = partial(draw.averted, found, count, f"避免的{zh}占比 % of {en} averted")
        out.picture(f"averted_{count}", f"避免的{zh}", f"{en} averted", made)
    if len(counts) == 3:
        out.picture("first", "先给谁", "Who first", lambda: draw.first(found))
    return {"who_first": {count: frame.to_dicts() for count, frame in chosen.items()}}


def _barrier(loaded: Loaded, out: _Out) -> dict[str, Any]:
    asked = loaded.asked.barrier
    if asked is None:
        return {}
    found = barrier(loaded.scenario, asked.vaccine, asked.coverage, asked.assumed, asked.packages, loaded.seed)
    out.frame("barrier", found)
    out.picture("barrier", "免疫屏障", "The barrier", lambda: draw.reproduction(found))
    out.rows("哪些措施可以调整", "What may be relaxed", found, ("coverage", "verdict"))
    return {"barrier": found.to_dicts()}


def _fit(loaded: Loaded, out: _Out) -> dict[str, Any]:
    asked = loaded.asked.fit
    if asked is None:
        return {}
    found = calibrate(loaded.scenario, asked.reported, asked.r0, loaded.seed, asked.draws, asked.reported_share)
    out.frame("fit", found.table(asked.level))
    out.picture("fit", "与报告曲线的拟合", "Fit to the reported curve", lambda: draw.fitted(found, asked.reported))
    return {"fit": {"parameters": found.table(asked.level).to_dicts(), "log_likelihood": found.log_likelihood}}


def _agents(loaded: Loaded, out: _Out) -> dict[str, Any]:
    asked = loaded.asked.agents
    if asked is None:
        return {}
    found = agents(loaded.scenario, *asked, loaded.seed)
    out.frame("agents", found)
    return {"agents": found.to_dicts()}
