"""Builds the wheel: whole, or not at all."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
PACKAGE = HERE / "src" / "seawall"
MADE = {
    "pages' scripts and styles": "interfaces/static/staticfiles.json",
    "translations": "locale/*/LC_MESSAGES/django.mo",
}


class Whole(build_py):
    """What the front end and the translations make lies beside the sources, or nothing is built; the cities go along as package data."""

    def run(self) -> None:
        missing = [what for what, where in MADE.items() if not any(PACKAGE.glob(where))]
        if missing and not self.editable_mode:
            raise SystemExit(f"seawall: not built yet: {', '.join(missing)}. Run ./dev wheel, which builds them first.")
        super().run()
        if not self.editable_mode:
            shutil.copytree(HERE / "cities", Path(self.build_lib) / "seawall" / "cities", dirs_exist_ok=True)


setup(cmdclass={"build_py": Whole})
