"""docs/cli.md knows every verb of the command line and every option of each verb."""

from __future__ import annotations

import importlib
import re

import click
import pytest

from tests.house.source import ROOT

_PAGE = ROOT / "docs" / "cli.md"


def _verbs() -> dict[str, click.Command]:
    # Imported here, so that a command line that can't load fails these tests and not their collection.
    group = importlib.import_module("navila_sdk.cli.main").navila
    context = click.Context(group)
    return {name: group.get_command(context, name) for name in group.list_commands(context)}


def _sections() -> dict[str, str]:
    parts = re.split(r"^## `navila ([a-z-]+)", _PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _shared() -> str:
    """What the page says before its first verb: the options several verbs share."""
    return re.split(r"^## `navila ", _PAGE.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]


def test_every_verb_has_a_section_and_every_section_a_verb() -> None:
    assert set(_sections()) == set(_verbs()), "each verb needs a heading in docs/cli.md: ## `navila VERB ...`"


def test_every_option_is_mentioned() -> None:
    sections = _sections()
    missing = []
    for name, command in _verbs().items():
        text = sections.get(name, "")
        shared = _shared() if "shared options" in text else ""
        for parameter in _leaves(command):
            options = [option for option in parameter.opts if option.startswith("--")]
            missing += [f"{name} {option}" for option in options if f"`{option}" not in text + shared]
    assert not missing, f"docs/cli.md doesn't mention: {', '.join(missing)}"


def _leaves(command: click.Command) -> list[click.Parameter]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        inner = [command.get_command(context, name) for name in command.list_commands(context)]
        return [*command.params, *(leaf for part in inner if part for leaf in _leaves(part))]
    return [parameter for parameter in command.params if isinstance(parameter, click.Option)]


@pytest.mark.parametrize("code", ["0", "1", "2"])
def test_exit_codes_are_documented(code: str) -> None:
    assert re.search(rf"^\| {code} \|", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
