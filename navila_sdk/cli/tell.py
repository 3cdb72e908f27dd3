"""``navila tell``: an operator's side, from anywhere: one instruction, its news, its outcome."""

from __future__ import annotations

import os
from typing import Any

import click


@click.command()
@click.argument("url")
@click.argument("instruction", required=False)
@click.option("--watch", is_flag=True, help="Only watch what another operator's robot does.")
@click.option("--estop", is_flag=True, help="Latch the robot's e-stop.")
@click.option("--reset-estop", is_flag=True, help="Release the e-stop first.")
@click.option("--cafile", metavar="FILE", help="Certificates (PEM) to trust for wss://.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")
def command(**given: Any) -> None:  # noqa: ANN401 - the arguments above
    """Give the agent at URL (ws://HOST:8766) an INSTRUCTION; Ctrl-C stops the robot.

    The token is taken from the variable NAVILA_TOKEN.
    """
    from navila_sdk.cli.serve import TOKEN
    from navila_sdk.errors import ConfigError, MissingDependencyError, RobotError
    from navila_sdk.strict import is_websocket_url

    try:
        from navila_client import ClientError, Operator
    except ImportError as error:
        raise MissingDependencyError(
            "talking to an agent needs the package navila-client; install it: pip install navila-client"
        ) from error
    wanted = [name for name in ("instruction", "watch", "estop", "reset_estop") if given[name]]
    if not wanted:
        raise ConfigError("what shall the robot do? Give an INSTRUCTION, or --watch, --estop or --reset-estop")
    if not is_websocket_url(given["url"]):
        raise ConfigError(f"{given['url'][:80]!r} is no agent's address; expected ws://HOST:PORT or wss://HOST:PORT")
    watches = given["watch"] or (given["estop"] and not given["instruction"])
    try:
        with Operator(given["url"], token=os.environ.get(TOKEN) or None, watch=watches, cafile=given["cafile"]) as line:
            if given["estop"]:
                line.estop()
                click.echo("e-stopped", err=given["as_json"])
                return
            if given["reset_estop"]:
                line.reset_estop()
            if given["watch"]:
                _watch(line)
            elif given["instruction"]:
                _instruct(line, given["instruction"], as_json=given["as_json"])
    except ClientError as error:
        raise RobotError(str(error)) from error


def _watch(line: Any) -> None:  # noqa: ANN401 - navila_client is imported late
    while True:
        message = line.news(timeout_s=1.0)
        if message is not None:
            _show(message)


def _instruct(line: Any, instruction: str, *, as_json: bool) -> None:  # noqa: ANN401
    from navila_sdk.cli.console import print_json

    try:
        for message in line.instruct(instruction):
            if message["type"] == "outcome":
                if as_json:
                    print_json({key: value for key, value in message.items() if key != "type"})
                else:
                    _show(message)
                if not message.get("ok"):
                    raise SystemExit(1)
            elif not as_json:
                _show(message)
    except KeyboardInterrupt:
        line.cancel()
        click.echo("cancelled", err=True)
        raise


def _show(message: dict[str, Any]) -> None:
    if message["type"] == "outcome":
        cause = f": {message['cause']}" if message.get("cause") else ""
        click.echo(f"{message['outcome']}{cause}")
        if message.get("folder"):
            click.echo(f"recorded on the robot in {message['folder']}")
    else:
        outcome = f": {message['outcome']}" if message.get("outcome") else ""
        click.echo(
            f"{message.get('time_s', 0.0):7.1f} s  {message.get('kind', '?'):<8} {message.get('text', '')}{outcome}"
        )
