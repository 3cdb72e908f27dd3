"""The event hooks a plugin may implement, and what each is told.

Mark implementations with ``navila_sdk.plugins.hookimpl``. An implementation may leave out ``event``. Hooks
only listen: what they return is ignored, one that raises is logged and can't stop the robot, and one that
keeps raising or keeps the loop waiting is switched off for the run. They run in the thread of the loop, so
anything slow belongs in a thread of the plugin's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click

    from navila_sdk.events import (
        ActionEnded,
        ActionStarted,
        Commanded,
        EpisodeEnded,
        EpisodeStarted,
        Observed,
        Planned,
        SafetyEvent,
    )

hookspec = pluggy.HookspecMarker("navila")
hookimpl = pluggy.HookimplMarker("navila")


@hookspec
def navila_on_episode_start(event: EpisodeStarted) -> None:
    """Called once, before the first observation of an instruction.

    Args:
        event: The instruction, and in ``meta`` what it runs with: names, versions, seeds.
    """


@hookspec
def navila_on_observation(event: Observed) -> None:
    """Called when an observation is handed to the planner (1-2 Hz).

    Args:
        event: The observation (RGB frame uint8 (H, W, 3), pose, capture time in seconds) and its index.
    """


@hookspec
def navila_on_plan(event: Planned) -> None:
    """Called when a plan becomes usable.

    Args:
        event: The plan, the index of the observation it was made from, and whether it's used.
    """


@hookspec
def navila_on_action_start(event: ActionStarted) -> None:
    """Called when the executor takes up an action.

    Args:
        event: The action, and its anchor and goal poses in odometry (metres, radians).
    """


@hookspec
def navila_on_action_end(event: ActionEnded) -> None:
    """Called when an action has ended, well or not.

    Args:
        event: The execution: outcome, cause, poses and times.
    """


@hookspec
def navila_on_command(event: Commanded) -> None:
    """Called on every tick of the fast clock (20-50 Hz); be quick.

    Args:
        event: The state read, the twist asked for and the one really sent (m/s, rad/s), and why they differ.
    """


@hookspec
def navila_on_safety(event: SafetyEvent) -> None:
    """Called when a stage of the safety chain steps in or lets go.

    Args:
        event: The stage, the cause, and whether it's active now.
    """


@hookspec
def navila_on_episode_end(event: EpisodeEnded) -> None:
    """Called once, when the instruction is over, however it ended.

    Args:
        event: The outcome and, where it didn't end by Stop, the cause.
    """


@hookspec
def navila_add_commands(cli: click.Group) -> None:
    """Called when a command is asked for that navila itself doesn't have: add yours to ``cli``.

    Args:
        cli: A click group; ``@cli.command()`` adds a verb. Names of navila's own verbs can't be taken over.
    """
