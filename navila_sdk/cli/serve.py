"""``navila serve``: a planner behind a socket, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from navila_sdk.cli.numbers import FiniteRange

if TYPE_CHECKING:
    import ssl

    from navila_sdk.planner import Planner
    from navila_sdk.serving.settings import ServeSettings

PROTOCOLS = ("navila", "navila-bench")
TOKEN = "NAVILA_TOKEN"
_BENCH_PORT = 54321


@click.command()
@click.option("--planner", "-p", metavar="P", help="What thinks (default: the configured planner).")
@click.option("--checkpoint", metavar="C", help="The planner's checkpoint, folder or hub id.")
@click.option("--protocol", type=click.Choice(PROTOCOLS), default="navila", show_default=True, help="Who asks.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port (default: 8765; navila-bench 54321; 0 takes any).")
@click.option("--tls-cert", metavar="FILE", help="Certificate (PEM), for wss://.")
@click.option("--tls-key", metavar="FILE", help="Its key (PEM).")
@click.option("--max-sessions", type=click.IntRange(1), default=64, show_default=True, help="Robots at once.")
@click.option("--workers", type=click.IntRange(1), default=4, show_default=True, help="Steps thought about at once.")
@click.option(
    "--batch-window",
    metavar="MS",
    type=FiniteRange(0, 10_000),
    default=5.0,
    show_default=True,
    help="How long a step waits for other robots', to be answered together.",
)
@click.option("--max-batch", type=click.IntRange(1, 1024), default=16, show_default=True, help="Robots per pass.")
@click.option("--config", "config_path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable.")
@click.option("--seed", type=int, help="Seed of everything random.")
def command(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Put a planner behind a socket, for robots elsewhere.

    Robots ask it with --planner remote, or with the package navila-client alone. Where the variable NAVILA_TOKEN is
    set, they must show that token.
    """
    from navila_sdk.api import planner_from
    from navila_sdk.cli.loading import loading_bar
    from navila_sdk.config import load_config
    from navila_sdk.errors import MissingDependencyError
    from navila_sdk.plugins import Plugins
    from navila_sdk.serving.settings import ServeSettings

    loaded = load_config(given["config_path"], given["sets"], {"seed": given["seed"]})
    config = loaded.config
    name = given["planner"] or config.planner
    extra = {"checkpoint": given["checkpoint"]} if given["checkpoint"] else {}
    build = planner_from(Plugins.of(loaded), config, config.seed, None, None)
    with loading_bar():
        first = build(name, extra)
    bench = given["protocol"] == "navila-bench"
    port = given["port"] if given["port"] is not None else _BENCH_PORT if bench else 8765
    settings = ServeSettings(
        host=given["host"],
        port=port,
        token=os.environ.get(TOKEN) or None,
        max_sessions=given["max_sessions"],
        workers=given["workers"],
        batch_window_s=given["batch_window"] / 1e3,
        max_batch=given["max_batch"],
    )
    tls = tls_of(given["tls_cert"], given["tls_key"])
    try:
        import navila_client  # noqa: F401 # pyright: ignore[reportUnusedImport]
    except ImportError as error:
        raise MissingDependencyError(
            "serving needs the package navila-client; install it: pip install 'navila-sdk[serve]'"
        ) from error
    # The planner built to see that it can be built keeps what planners share, a model's weights.
    asyncio.run(_serve(lambda: build(name, extra).planner, name, settings, tls, bench, click.echo))
    del first


def tls_of(certificate: str | None, key: str | None) -> ssl.SSLContext | None:
    """Return TLS settings for a certificate and its key; None where neither is given.

    Raises:
        ConfigError: One is missing, or they can't be used.
    """
    import ssl

    from navila_sdk.errors import ConfigError

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise ConfigError("TLS needs both --tls-cert and --tls-key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"the certificate {certificate} or its key {key} can't be used: {error}") from None
    return context


async def _serve(
    make: Callable[[], Planner],
    name: str,
    settings: ServeSettings,
    tls: ssl.SSLContext | None,
    bench: bool,
    say: Callable[[str], None],
) -> None:
    from navila_sdk.errors import ConfigError
    from navila_sdk.serving.bench import BenchServer
    from navila_sdk.serving.server import PlannerServer

    server = BenchServer(make, settings) if bench else PlannerServer(make, {"planner": name}, settings, tls)
    try:
        port = await server.start()
    except OSError as error:
        raise ConfigError(f"can't listen on {settings.host}:{settings.port}: {error.strerror or error}") from None
    scheme = "tcp" if bench else "wss" if tls else "ws"
    say(f"serving the planner {name} at {scheme}://{settings.host}:{port} (Ctrl-C stops)")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await stop.wait()
    await server.stop()
    say("stopped")
