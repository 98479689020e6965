"""`python -m seawall.engines.schedule`: compiles the kernel once, so that nobody waits for it later, and names the schedules."""

import sys

import numpy as np

from .judging import SCHEDULES, load, run, shipped
from .synthetic import synthetic


def main() -> None:
    schedule = load(shipped("covid19-cn"))
    run(schedule.compiled[0], synthetic(schedule, 10, np.random.default_rng(1)), 18_800)
    for folder in sorted(path for path in SCHEDULES.iterdir() if path.is_dir()):
        schedule = load(folder)
        sys.stdout.write(
            f"{schedule.programme} {schedule.release[:12]} {schedule.tables.name_zh} {schedule.tables.name_en}\n"
        )


if __name__ == "__main__":
    main()
