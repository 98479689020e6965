"""`seawall demo`: load the city, live its campaign, and serve the next morning."""

from collections.abc import Callable
from datetime import date
from time import monotonic
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

CONSOLE = Console(stderr=True, highlight=False)


class Steps:
    """One progress bar that names what is happening, and remembers how long each thing took."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}", style="bold"),
            BarColumn(40),
            TextColumn("{task.percentage:>3.0f}%"),
        )
        self.progress = Progress(*columns, TimeElapsedColumn(), console=CONSOLE, transient=False)
        self.tasks: dict[str, TaskID] = {}
        self.seconds: dict[str, float] = {}
        self._since = monotonic()

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """`what` is 'stage' or 'stage: detail'; done of total."""
        stage, _, detail = what.partition(": ")
        if stage not in self.tasks:
            self.tasks[stage] = self.progress.add_task(stage, total=total)
        shown = f"{stage} · {detail}" if detail else stage
        self.progress.update(self.tasks[stage], completed=done, total=total, description=shown)
        now = monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now


Load = Callable[..., None]


def live(scale: float, seed: int, until: date) -> None:
    """Load what is missing and live on from the last whole act."""
    from seawall.drill import services as drill

    with Steps() as steps:
        drill.city_load(scale=scale, seed=seed, progress=steps)
        drill.live_until(until, progress=steps)
