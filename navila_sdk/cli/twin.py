"""``navila twin EMBODIMENT``: the robot's side for a rehearsal, a simulated body behind the robot's own protocol."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("embodiment")
@click.option("--interface", "-i", metavar="I", default="lo", show_default=True, help="Network interface to answer on.")
@click.option("--domain", type=int, default=0, show_default=True, help="DDS domain.")
@click.option("--world", "-w", metavar="W", help="The simulator behind it (default: as configured).")
@click.option("--scene", "-s", metavar="S", help="Where the body stands.")
@click.option("--fidelity", metavar="F", help="How true to physics the world is.")
@click.option("--locomotion", metavar="L", help="What walks in physics.")
@click.option("--seed", type=int, help="Seed of everything random.")
@click.option("--fault", "faults", multiple=True, metavar="NAME[=V][@S]", help="What shall go wrong; repeatable.")
@click.option("--trace", metavar="FILE", help="Write pose and command of every step, one JSON object per line.")
@click.option("--for", "for_s", type=float, metavar="SECONDS", help="Leave after this time.")
@click.option("--config", "config_path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Say what happens as one JSON object per line.")
def command(embodiment: str, **given: object) -> None:
    """Play EMBODIMENT's side: its services and topics, with a simulated body behind them.

    In another terminal: navila run "walk forward 1 m and stop" --world real --set driver.interface=lo
    """
    from navila_sdk.cli.twin_serve import Wishes, serve_twin

    trace = given.pop("trace")
    serve_twin(Wishes(embodiment=embodiment, trace=Path(str(trace)) if trace else None, **given))  # type: ignore[arg-type]
