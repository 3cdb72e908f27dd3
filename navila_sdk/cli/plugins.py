"""``navila plugins``: every plugin with its status, without importing any, or one in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import click

from navila_sdk.cli.console import print_json, print_table
from navila_sdk.errors import PluginError, UnknownNameError
from navila_sdk.plugins import KINDS, PluginInfo, Plugins, Status

_COLUMNS = ("name", "kind", "distribution", "version", "api", "status", "reason")
_STYLES = {Status.OK: "", Status.DISABLED: "dim", Status.BROKEN: "red", Status.CONFLICT: "red"}


@click.command()
@click.argument("name", required=False)
@click.option("--kind", type=click.Choice(KINDS), help="Only plugins of this kind.")
@click.option("--check", is_flag=True, help="Really load each one, and show what that says.")
@click.option("--config", "path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects.")
def command(name: str | None, kind: str | None, check: bool, path: str | None, as_json: bool) -> None:
    """List plugins, or show the one called NAME in full.

    Listing imports no plugin: "ok" means that nothing was found against it; --check makes sure. To leave one
    alone, set NAVILA_DISABLE_PLUGINS=NAME[,NAME...] or [plugins] disable = ["NAME"] in the config file.
    """
    plugins = _plugins(path)
    rows = plugins.check() if check else plugins.listing()
    chosen = [row for row in rows if kind in (None, row.kind) and name in (None, row.name)]
    if name is not None and not chosen:
        known = {row.name for row in rows if kind in (None, row.kind)}
        raise UnknownNameError(f"{kind or 'plugin'}", name, known)
    if name is not None:
        _show_in_full(plugins, chosen, as_json)
    elif as_json:
        print_json([attrs.asdict(row) for row in chosen])
    else:
        _show_table(chosen)


def _plugins(path: str | None) -> Plugins:
    from navila_sdk.config import load_plugin_table
    from navila_sdk.plugins.unpackaged import plugin_folder

    table = load_plugin_table(path)
    return Plugins(table.disable, table.strict, plugin_folder(table.path))


def _show_table(rows: Sequence[PluginInfo]) -> None:
    cells = [(r.name, r.kind, r.distribution, r.version, r.api, r.status.value, r.reason) for r in rows]
    print_table(_COLUMNS, cells, [_STYLES.get(row.status, "red") for row in rows])
    for row in rows:
        if row.status not in (Status.OK, Status.DISABLED):
            click.echo(f"{row.kind} {row.name}: {row.remedy}")
    if not rows:
        click.echo("no plugins; pip install one, for example a robot's and a world's")


def _show_in_full(plugins: Plugins, rows: Sequence[PluginInfo], as_json: bool) -> None:
    """Show the records themselves; a plugin that is known to be unusable only says why."""
    from navila_sdk.cli.record import describe_record

    shown: list[dict[str, Any]] = []
    failure: PluginError | None = None
    for row in rows:
        entry = attrs.asdict(row)
        if row.status is Status.OK and row.kind not in ("hooks", "unknown"):
            try:
                entry["record"] = describe_record(plugins.load(row.kind, row.name))
            except PluginError as error:
                failure = error
        shown.append(entry)
    if failure is not None:
        raise failure
    if as_json:
        print_json(shown)
        return
    for entry in shown:
        record: list[dict[str, str]] = entry.pop("record", [])
        print_table(("about", ""), [(key, str(value)) for key, value in entry.items() if value])
        if record:
            click.echo()
            print_table(("field", "value", "source"), [(f["field"], f["value"], f["source"]) for f in record])
