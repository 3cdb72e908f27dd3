"""The options that every verb which runs an episode shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_OPTIONS = (
    click.option("--embodiment", "-e", metavar="E", help="Which robot (navila plugins lists them)."),
    click.option("--world", "-w", metavar="W", help="Where it lives."),
    click.option("--planner", "-p", metavar="P", help="What decides."),
    click.option("--fidelity", metavar="F", help="How true to physics the world is."),
    click.option("--locomotion", metavar="L", help="What walks in physics: blind, vision, or a policy file."),
    click.option("--scene", "-s", metavar="S", help="apartment:SEED, empty, terrain:KIND, or a scene JSON."),
    click.option("--config", "config_path", metavar="FILE", help="TOML file instead of ./navila.toml."),
    click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable."),
    click.option("--seed", type=int, help="Seed of everything random."),
    click.option("--out", metavar="DIR", help="Folder for the recording (default: a new one under runs/)."),
    click.option("--pace", type=float, help="Simulated seconds per second (default: 8 with a live view)."),
    click.option("--no-film", is_flag=True, help="Leave the third-person film out of the recording."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a live view."),
)


def episode_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the shared options to a click command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
