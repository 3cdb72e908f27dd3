"""``navila agent``: on the robot's computer, waits for instructions and carries them out, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any

import click

from navila_sdk.cli.numbers import FiniteRange

if TYPE_CHECKING:
    from navila_sdk.agent.errands import Errands, Message
    from navila_sdk.agent.server import AgentServer
    from navila_sdk.config import LoadedConfig
    from navila_sdk.plugins import Plugins
    from navila_sdk.robot import Robot

_FLAGS = ("embodiment", "world", "planner", "fidelity", "locomotion", "scene", "seed")


@click.command()
@click.option("--embodiment", "-e", metavar="E", help="Which robot.")
@click.option("--world", "-w", metavar="W", help="Where it lives: real, or a simulator.")
@click.option("--planner", "-p", metavar="P", help="What decides; remote asks a planner server.")
@click.option("--fidelity", metavar="F", help="How true to physics a simulator is.")
@click.option("--locomotion", metavar="L", help="What walks in physics.")
@click.option("--scene", metavar="S", help="What a simulator holds.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--port", type=click.IntRange(0, 65535), default=8766, show_default=True, help="0 takes any.")
@click.option(
    "--operator-deadline",
    "operator_s",
    metavar="S",
    type=FiniteRange(0.1, 60.0),
    default=1.0,
    show_default=True,
    help="How long the operator may be silent while the robot drives.",
)
@click.option("--tls-cert", metavar="FILE", help="Certificate (PEM), for wss://.")
@click.option("--tls-key", metavar="FILE", help="Its key (PEM).")
@click.option("--no-film", is_flag=True, help="Record no third-person pictures.")
@click.option("--config", "config_path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable.")
@click.option("--seed", type=int, help="Seed of everything random.")
def command(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Drive this robot for an operator elsewhere: navila tell ws://HOST:8766 "go to the red sofa".

    Loop, safety chain and watchdog run here. An operator who leaves or falls silent stops the robot. Where the
    variable NAVILA_TOKEN is set, operators must show that token.
    """
    from pathlib import Path

    from navila_sdk.agent.lease import lease
    from navila_sdk.api import connect
    from navila_sdk.cli.estop import estop_controls
    from navila_sdk.cli.loading import loading_bar
    from navila_sdk.cli.serve import TOKEN, tls_of
    from navila_sdk.config import load_config
    from navila_sdk.errors import MissingDependencyError
    from navila_sdk.plugins import HookListener, Plugins

    try:
        from navila_sdk.agent.server import AgentServer
    except ImportError as error:
        raise MissingDependencyError(
            f"an agent needs the package {error.name}; install it: pip install 'navila-sdk[serve]'"
        ) from error
    from navila_sdk.agent.settings import AgentSettings

    flags = {name: given[name] for name in _FLAGS if given[name] is not None}
    loaded = load_config(Path(given["config_path"]) if given["config_path"] else None, given["sets"], flags)
    config = loaded.config
    plugins = Plugins.of(loaded)
    settings = AgentSettings(
        host=given["host"],
        port=given["port"],
        token=os.environ.get(TOKEN) or None,
        operator_s=given["operator_s"],
    )
    tls = tls_of(given["tls_cert"], given["tls_key"])
    about = {"embodiment": config.embodiment, "world": config.world, "planner": config.planner}
    interface = str(config.driver.get("interface", ""))
    with (
        lease(f"{config.embodiment} {config.world} {interface or config.scene or ''}".strip()),
        connect(config=config, plugins=plugins, pace=1.0) as robot,
    ):
        robot.listen(HookListener(plugins))
        server = AgentServer(about, settings, tls)
        with loading_bar():
            errands = _errands(robot, loaded, plugins, server, film=not given["no_film"])
        with estop_controls(robot, may_release=True) as controls:
            asyncio.run(_serve(server, errands, about, "wss" if tls else "ws", controls.hint))


def _errands(robot: Robot, loaded: LoadedConfig, plugins: Plugins, server: AgentServer, *, film: bool) -> Errands:
    from navila_sdk.agent.errands import Errands
    from navila_sdk.api import load_planner
    from navila_sdk.navigator import Navigator
    from navila_sdk.session import episode_result, record_episode

    planner = load_planner(robot=robot, config=loaded.config, plugins=plugins)

    def carry(instruction: str) -> Message:
        navigator = Navigator(planner, robot, loaded.config.navigator)
        episode = record_episode(navigator, robot, instruction, planner=planner, loaded=loaded, film=film)
        return {**episode_result(episode), "ok": episode.outcome.ok, "folder": str(episode.folder)}

    return Errands(robot, carry, server.say)


async def _serve(server: AgentServer, errands: Errands, about: dict[str, str], scheme: str, hint: str) -> None:
    from navila_sdk.errors import ConfigError

    settings = server.settings
    try:
        port = await server.start(errands)
    except OSError as error:
        raise ConfigError(f"can't listen on {settings.host}:{settings.port}: {error.strerror or error}") from None
    click.echo(
        f"{about['embodiment']} in {about['world']} with the planner {about['planner']} waits for an operator at "
        f"{scheme}://{settings.host}:{port} (Ctrl-C stops{f'; {hint}' if hint else ''})"
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    ends = [signal.SIGINT, signal.SIGTERM]
    # A terminal that goes away ends it too, unless it was started under nohup.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        ends.append(signal.SIGHUP)
    for number in ends:
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    try:
        await stop.wait()
    finally:
        # Clients hear how their instruction ended before they are let go.
        await asyncio.to_thread(errands.close)
        await asyncio.sleep(0.1)
        await server.stop()
    click.echo("stopped")
