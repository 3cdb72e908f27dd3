"""``navila replay FILE``: a recording through planner and executor again; are the decisions the same?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from navila_sdk.recording import EpisodeLog
    from navila_sdk.recording.replay import ReplayResult


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--planner", "-p", metavar="P", help="Another planner than the recorded one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(file: str, planner: str | None, as_json: bool) -> None:
    """Feed a recording (run folder or episode.mcap) back through planner and executor.

    Exits with 0 if plans, actions and commands are the same, with 1 at the first difference.
    """
    import json

    import attrs

    from navila_sdk.recording import read_log

    log = read_log(file)
    result = _again(log, planner)
    if as_json:
        click.echo(json.dumps({**attrs.asdict(result), "truncated": log.truncated}))
    else:
        counted = f"{result.plans} plans, {result.actions} actions, {result.commands} commands"
        if log.truncated:
            click.echo("the recording is truncated; it's replayed as far as it goes")
        click.echo(f"the same: {counted}" if result.same else f"not the same: {result.difference}")
    if not result.same:
        raise SystemExit(1)


def _again(log: EpisodeLog, planner: str | None) -> ReplayResult:
    from navila_sdk.api import planner_from
    from navila_sdk.config import load_config
    from navila_sdk.config.structure import converter
    from navila_sdk.execution.outcome import ExecutorSettings
    from navila_sdk.execution.safety.settings import SafetySettings
    from navila_sdk.navigator_settings import NavigatorSettings
    from navila_sdk.plugins import Plugins
    from navila_sdk.recording.replay import replay

    loaded = load_config()
    plugins = Plugins.from_config(loaded.config)
    meta: dict[str, Any] = dict(log.meta)
    body = plugins.embodiment(str(meta["embodiment"]))
    recorded = meta["planner"]
    build = planner_from(plugins, loaded.config, recorded.get("seed") or 0, body, log.scene)
    thinker = build(planner, {}) if planner else build(recorded["name"], recorded["options"])
    return replay(
        log.with_observations(),
        log.instruction,
        thinker,
        body,
        scene=log.scene,
        executor=converter().structure(meta["executor"], ExecutorSettings),
        safety=converter().structure(meta["safety"], SafetySettings),
        navigator=converter().structure(meta["navigator"], NavigatorSettings),
    )
