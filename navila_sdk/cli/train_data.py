"""The work behind ``navila train data``: episodes, bodies and an oracle to shards of labelled frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from navila_sdk.errors import ConfigError


def train_data(given: Mapping[str, Any]) -> None:
    """Collect, and say what there is now."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from navila_sdk.cli.console import print_json, print_table
    from navila_sdk.config import load_config
    from navila_sdk.plugins import Plugins
    from navila_sdk.recording.folders import unwritable
    from navila_sdk.training.data.export import export_annotations
    from navila_sdk.training.data.jobs import Collection, collect_all
    from navila_sdk.training.data.shards import left_out, read_shard, shard_folders

    if given["benchmark"] and given["pictures"]:
        raise ConfigError("--pictures are of train apartments; leave out --benchmark")
    if given["split"] and not given["benchmark"]:
        raise ConfigError(f"--split {given['split']} of what? Name a --benchmark as well")
    config_path = Path(given["config_path"]) if given["config_path"] else None
    loaded = load_config(config_path, given["sets"])
    config, plugins = loaded.config, Plugins.of(loaded)
    out = Path(given["out"])
    try:  # a shard takes a minute to walk; whether it can be written is known at once
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(out, error) from error
    job = Collection(
        out=out,
        embodiments=given["embodiments"] or plugins.names("embodiment"),
        world=given["world"] or config.world,
        rounds=given["rounds"],
        benchmark=given["benchmark"] or "",
        split=given["split"] or "",
        planner=given["planner"] or "",
        options=_options(given["options"]),
        seed=given["seed"],
        config_path=config_path,
        sets=tuple(given["sets"]),
    )
    numbers = range(given["first"], given["first"] + given["shards"])
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), disable=given["as_json"]) as bars:
        task, frames = bars.add_task("starting", total=len(numbers)), 0
        for found in collect_all(job, numbers, given["workers"], given["pictures"]):
            frames += found
            bars.update(task, advance=1, description=f"{frames} new frames")
    if given["pictures"]:
        if given["as_json"]:
            print_json({"out": str(out), "new": frames})
        else:
            click.echo(f"{frames} new pictures in {out}")
        return
    tracks = [track for folder in shard_folders(out) for track in read_shard(folder)[0]]
    classes = Counter(label for track in tracks for label in track.labels)
    total = sum(classes.values())
    missing = left_out(out)
    if given["annotations"]:
        export_annotations(out, Path(given["annotations"]))
    if given["as_json"]:
        found = {"episodes": len(tracks), "left_out": len(missing), "frames": total, "new": frames}
        print_json({"out": str(out), **found, "classes": dict(classes)})
        return
    print_table(("action", "frames", "share"), [(k, str(n), f"{n / total:.1%}") for k, n in classes.most_common()])
    click.echo(f"{total} frames of {len(tracks)} episodes in {out}")
    if missing:
        count = "1 episode was" if len(missing) == 1 else f"{len(missing)} episodes were"
        click.echo(f"{count} left out; {missing[0][0]}: {missing[0][1]}", err=True)


def _options(words: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise ConfigError(f"--option {word!r:.60}: write a name and a value, as in --option model=runs/nano")
        found[name] = value
    return found
