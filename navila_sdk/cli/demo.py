"""``navila demo``: the main job in one command, with nothing to configure."""

from __future__ import annotations

from pathlib import Path

import click

from navila_sdk.cli.options import episode_options

DEMO_SCENE = Path(__file__).parents[1] / "scenes" / "demo.json"
"""Episode 1000132-0-medium of the benchmark apartments, val-unseen: in training there was no such apartment."""


@click.command()
@episode_options
def command(**given: object) -> None:
    """Watch a robot carry out an errand in a simulated apartment.

    Runs the first errand of the scene (an apartment of its own unless --scene says otherwise), records it, and writes
    a report page.
    """
    from navila_sdk.cli.episode import run_episode
    from navila_sdk.errors import SceneError
    from navila_sdk.scenes import load_scene

    given["scene"] = given.get("scene") or str(DEMO_SCENE)
    scene = load_scene(str(given["scene"]))
    if not scene.errands:
        raise SceneError(
            f"the scene {scene.name!r} has no errands to show; pick an apartment (apartment:7), or give an "
            'instruction of your own: navila run "turn left 90 degrees" --scene ' + scene.name
        )
    run_episode(scene.errands[0].instruction, given)
