"""`python -m seawall.engines.schedule`: compiles the kernel once, so that nobody waits for it later, and names the schedules."""

import sys

from .judging import SCHEDULES, load
from .synthetic import prepare


def main() -> None:
    prepare()
    for folder in sorted(path for path in SCHEDULES.iterdir() if path.is_dir()):
        schedule = load(folder)
        sys.stdout.write(
            f"{schedule.programme} {schedule.release[:12]} {schedule.tables.name_zh} {schedule.tables.name_en}\n"
        )


if __name__ == "__main__":
    main()
