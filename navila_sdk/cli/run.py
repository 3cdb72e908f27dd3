"""``navila run "INSTRUCTION"``: one instruction, one robot, one recording."""

from __future__ import annotations

import click

from navila_sdk.cli.options import episode_options


@click.command()
@click.argument("instruction")
@episode_options
def command(instruction: str, **given: object) -> None:
    """Carry out INSTRUCTION and record it.

    Motion commands ("turn left 90 degrees, walk forward 2 m and stop") are carried out as said; anything else
    goes to the configured planner.
    """
    from navila_sdk.cli.episode import run_episode

    run_episode(instruction, given)
