"""``navila scene``: say what a scene holds, or write it for other simulators."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import click

from navila_sdk.cli.console import print_json


@click.group()
def command() -> None:
    """Show a scene, or export it as a GLB."""


@command.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(name: str, as_json: bool) -> None:
    """Show what the scene NAME holds; NAME is what --scene takes."""
    from navila_sdk.scenes import load_scene

    scene = load_scene(name)
    (x0, y0), (x1, y1) = scene.bounds_m
    facts: dict[str, Any] = {
        "name": scene.name,
        "floor_m": [[x0, y0], [x1, y1]],
        "start": list(scene.start.as_tuple()),
        "rooms": [room.name for room in scene.rooms],
        "objects": [thing.name for thing in scene.objects],
        "errands": [errand.instruction for errand in scene.errands],
    }
    if scene.mesh is not None:
        from navila_sdk.scenes.mesh import mesh_facts

        facts["mesh"] = mesh_facts(scene.mesh)
    if as_json:
        print_json(facts)
        return
    width = max(len(key) for key in facts)
    for key, value in facts.items():
        click.echo(f"{key:<{width}}  {_shown(value)}")


def _shown(value: Any) -> str:  # noqa: ANN401 - a fact
    if isinstance(value, Mapping):
        return "".join(f"\n  {fact}: {_shown(what)}" for fact, what in cast("Mapping[str, Any]", value).items())
    if isinstance(value, list):
        return ", ".join(str(item) for item in cast("list[Any]", value)) or "-"
    return str(value)


@command.command()
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--no-ceiling", is_flag=True, help="Leave rooms open at the top.")
@click.option("--lit", is_flag=True, help="With floor coverings, wallpaper and light, as in our pictures.")
def export(name: str, file: Path, no_ceiling: bool, lit: bool) -> None:
    """Write the scene NAME to FILE as a GLB: y up, metres. A point (x, y, z) of the scene is (x, z, -y) there."""
    from navila_sdk.errors import SceneError
    from navila_sdk.scenes import load_scene
    from navila_sdk.scenes.mesh import write_glb

    if file.suffix.lower() != ".glb":
        raise SceneError(f"{file}: scenes are exported as GLB; give a name that ends in .glb")
    click.echo(write_glb(load_scene(name), file, ceiling=not no_ceiling, lit=lit))
