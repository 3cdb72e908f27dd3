"""``navila config``: what a run would be configured with, and where each value came from."""

from __future__ import annotations

from typing import cast

import click

from navila_sdk.cli.console import print_json, print_table


@click.group()
def command() -> None:
    """Show or check the configuration.

    Layers, the last one wins: defaults, navila.toml, NAVILA_<KEY>, --set, options.
    """


@command.command()
@click.option("--config", "path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value; repeatable.")
@click.option("--origin", is_flag=True, help="Say where each value came from.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(path: str | None, sets: tuple[str, ...], origin: bool, as_json: bool) -> None:
    """Show every value of the configuration."""
    from navila_sdk.config import flatten, load_config, plain

    loaded = load_config(path, sets)
    if as_json:
        values = plain(loaded.config)
        where = str(loaded.path) if loaded.path else None
        print_json({"config": values, "origins": dict(loaded.origins), "path": where} if origin else values)
        return
    rows = [(leaf, _toml(value), loaded.origins[leaf]) for leaf, value in flatten(loaded.config)]
    columns = ("key", "value", "origin")
    print_table(columns if origin else columns[:2], [row if origin else row[:2] for row in rows])


@command.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: str, as_json: bool) -> None:
    """Check a config FILE; every problem is listed at once."""
    from navila_sdk.config import load_config

    # What the environment overrides must not hide a problem of the file, nor add one to it.
    loaded = load_config(file, env={})
    if as_json:
        print_json({"file": str(loaded.path), "ok": True})
    else:
        click.echo(f"{file}: ok")


def _toml(value: object) -> str:
    """Return a value as it would stand in a config file."""
    if value is None:
        return "(not set)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(item) for item in cast('list[object]', value))}]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)
