"""What Containerfile, compose.yaml and deploy/ say of the program is true of it: commands, options, variables, port, paths."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.urls import resolve

from seawall.config.env import Env

from .commands import commands, parameters

ROOT = Path(__file__).parents[2]
CONTAINER, COMPOSE, DEPLOY = ROOT / "Containerfile", ROOT / "compose.yaml", ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
TOLD = [CONTAINER, COMPOSE, *sorted(DEPLOY.iterdir()), ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
THEIRS = {"SEAWALL_HOST"}
"""Variables of compose.yaml itself; the program never reads them."""
PROGRAM = "/opt/seawall/bin/seawall"


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def composed() -> dict[str, dict]:
    services: dict[str, dict] = yaml.safe_load(text(COMPOSE))["services"]
    return services


def lines() -> Iterator[tuple[str, list[str]]]:
    """Every call of `seawall` in these files: where, and its words."""
    for path in TOLD:
        for line in re.findall(
            r"(?:^|[\s`(])(?:\S*/)?bin/seawall ([a-z][^\n`]*)|^seawall ([a-z][^\n`]*)", text(path), re.M
        ):
            yield path.name, re.split(r" #|&&|[;|>]", "".join(line))[0].split()
    (entry,) = re.findall(r'^CMD (\[.*"\])$', text(CONTAINER), re.M)
    yield "Containerfile", yaml.safe_load(entry)
    for service in composed().values():
        if service["image"] == "seawall":
            yield "compose.yaml", service["command"]
    yield from (("compose.yaml", words.split()) for words in re.findall(r"run --rm web ([^#`\n]+)", text(COMPOSE)))


def test_every_command_and_option_that_is_told_exists() -> None:
    known, seen = commands(), 0
    for where, words in lines():
        name = next((n for n in (" ".join(words[:2]), words[0], f"{words[0]} day") if n in known), None)
        assert name, f"{where}: seawall {' '.join(words)}"
        offered = {option for p in parameters(known[name]) for option in (*p.opts, *p.secondary_opts)}
        asked = {word.rstrip(")") for word in words if word.startswith("--")}
        assert asked <= offered, f"{where}: seawall {' '.join(words)}"
        seen += 1
    assert seen > 25


def test_every_variable_that_is_told_is_a_setting() -> None:
    settings = {f.validation_alias or f"SEAWALL_{name.upper()}" for name, f in Env.model_fields.items()}
    for path in TOLD:
        named = set(re.findall(r"\bSEAWALL_[A-Z_]*[A-Z]\b(?!/|\*)", text(path)))
        assert named - settings <= THEIRS, path.name
    given = {k for service in composed().values() if service["image"] == "seawall" for k in service["environment"]}
    assert given <= settings


def test_one_port_and_one_health_check_from_the_program_to_the_proxy() -> None:
    (port,) = {p.default for name in ("run", "serve") for p in commands()[name].params if p.name == "port"}
    assert f"EXPOSE {port}\n" in text(CONTAINER)
    assert f"web:{port}" in composed()["proxy"]["command"]
    (asked,) = re.findall(rf"http://127\.0\.0\.1:{port}(/\w+)", text(CONTAINER))
    assert resolve(asked)


def test_a_city_of_any_zone_runs_in_these_containers() -> None:
    """Its folder says when a day begins; a zone set here would be another's."""
    assert "TIME_ZONE" not in text(COMPOSE) + text(CONTAINER) + text(DEPLOY / "env.example")


def test_every_file_that_is_copied_is_there() -> None:
    for name in re.findall(r"-r (\S+)|&& \./(\S+)", text(CONTAINER)):
        assert (ROOT / "".join(name)).exists(), name
    assert (ROOT / yaml.safe_load(text(COMPOSE))["x-seawall"]["build"]["dockerfile"]).exists()
    for name in re.findall(r"[\w-]+\.(?:service|timer)\b|env\.example", text(DEPLOY / "README.md")):
        assert (DEPLOY / name).exists(), name
    env = dict(line.split("=", 1) for line in text(DEPLOY / "env.example").split())
    assert all(f"StateDirectory={Path(env['SEAWALL_VAR']).name}" in text(unit) for unit in UNITS)


def test_the_parts_are_held_as_tightly_as_the_whole() -> None:
    def held(name: str) -> list[str]:
        return [line for line in text(DEPLOY / name).splitlines() if not line.startswith(("Description", "ExecStart"))]

    assert held("seawall-web.service") == held("seawall-worker.service") == held("seawall.service")
    starts = {unit.name: re.findall(r"^ExecStart=(.*)$", text(unit), re.M) for unit in UNITS}
    assert all(PROGRAM in start for (start,) in starts.values())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in DEPLOY.glob("seawall*"):
        (tmp_path / unit.name).write_text(text(unit).replace(PROGRAM, sys.executable), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (0, "")
