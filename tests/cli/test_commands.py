"""Every command and option explains itself, and the page of commands says the same as the program."""

import pytest

from . import settings
from .commands import PAGE, commands, named, parameters, text

EXPECTED = {"demo", "serve", "import", "due", "plan", "report", "export", "check"}


def test_every_promised_command_is_there() -> None:
    assert set(commands()) >= EXPECTED


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_and_each_of_its_options_has_help(name: str) -> None:
    command = commands()[name]
    assert command.help and len(command.help) > 20
    for parameter in parameters(command):
        assert parameter.help, f"seawall {name} {named(parameter)} has no help"


def test_the_page_of_commands_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "run: python -m tests.cli.commands"


def test_the_table_of_settings_is_up_to_date() -> None:
    assert settings.PAGE.read_text(encoding="utf-8") == settings.text(), "run: python -m tests.cli.settings"
