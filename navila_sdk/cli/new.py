"""``navila new``: write the project of a new plugin, which installs, passes the kit and runs at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from navila_sdk.cli.console import print_json

if TYPE_CHECKING:
    from navila_sdk.scaffold import RobotFiles


@click.command()
@click.argument("kind", type=click.Choice(("embodiment", "world", "planner")))
@click.argument("name")
@click.option("--out", metavar="DIR", help="Folder to write; must not exist (default: ./navila-NAME).")
@click.option("--title", metavar="TEXT", default="", help="Maker and model, for people.")
@click.option("--mjcf", metavar="FILE", help="The robot's model, copied with what it refers to.")
@click.option("--policy", metavar="FILE", help="Its locomotion policy (.onnx with a card): drives in physics.")
@click.option("--size", type=float, nargs=3, metavar="L W H", help="Length, width and height in metres.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    kind: str,
    name: str,
    out: str | None,
    title: str,
    mjcf: str | None,
    policy: str | None,
    size: tuple[float, float, float] | None,
    as_json: bool,
) -> None:
    """Write the project of a new embodiment, world or planner called NAME.

    It installs with pip, passes its own tests (the conformance kit), and runs at once. FILE is a path, or PACKAGE:PATH.
    """
    from navila_sdk.config import load_config
    from navila_sdk.plugins import Plugins
    from navila_sdk.scaffold import names_of, new_project

    if kind != "embodiment" and (mjcf or policy or size):
        raise click.UsageError(f"--mjcf, --policy and --size are for embodiments, not for a {kind}")
    loaded = load_config()
    plugins = Plugins.of(loaded)
    names = names_of(kind, name, plugins.names(kind))
    world = next((r for r in plugins.listing() if (r.kind, r.name) == ("world", loaded.config.world)), None)
    project = new_project(
        kind,
        names,
        Path(out) if out else Path(names.distribution),
        title=title,
        robot=_robot(mjcf, policy, size),
        world_distribution=world.distribution if world is not None and world.version else "",
    )
    if as_json:
        print_json({"folder": str(project.folder), "files": project.files, "run": project.run})
        return
    for file in project.files:
        click.echo(f"wrote {project.folder / file}")
    click.echo(f"\nNext:\n  pip install -e '{project.folder}[test]'\n  pytest {project.folder}\n  {project.run}")


def _robot(mjcf: str | None, policy: str | None, size: tuple[float, float, float] | None) -> RobotFiles:
    from navila_sdk.locomotion.read_card import named_file
    from navila_sdk.scaffold import RobotFiles

    return RobotFiles.read(named_file(mjcf) if mjcf else None, named_file(policy) if policy else None, size)
