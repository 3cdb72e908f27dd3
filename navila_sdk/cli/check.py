"""``navila check``: hold a plugin to the conformance kit and show each check, with the file to mend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from navila_sdk.cli.console import console, print_json
from navila_sdk.errors import ConfigError, NavilaError, UnknownNameError

if TYPE_CHECKING:
    from navila_sdk.plugins import Plugins
    from navila_sdk.testing.conformance.examine import Examination
    from navila_sdk.testing.conformance.values import Report

_STYLES = {"passed": "green", "failed": "bold red", "skipped": "dim"}


@click.command()
@click.argument("kind", type=click.Choice(("embodiment", "world", "planner")))
@click.argument("name")
@click.option("--world", "-w", metavar="W", help="World an embodiment is moved in.")
@click.option("--embodiment", "-e", metavar="E", help="Body a world or a planner is examined with.")
@click.option("--fidelity", metavar="F", help="Only this fidelity of the world.")
@click.option("--scene", "-s", metavar="S", help="Scene a planner is shown.")
@click.option("--instruction", metavar="TEXT", help="What a planner is told.")
@click.option("--only", multiple=True, metavar="CHECK", help="Only this check, and what it needs; repeatable.")
@click.option("--waive", multiple=True, metavar="CHECK=WHY", help="Leave a check out, for a reason; repeatable.")
@click.option("--config", "path", metavar="FILE", help="TOML file instead of ./navila.toml.")
@click.option("--set", "sets", multiple=True, metavar="A.B=C", help="Override one value of it; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(kind: str, name: str, path: str | None, sets: Sequence[str], as_json: bool, **how: Any) -> None:  # noqa: ANN401
    """Hold the plugin NAME to what every embodiment, world or planner is held to.

    Each check has a name; each failure says the value, what was expected, and the file to mend. Exits with 1 where
    one failed.
    """
    only: Sequence[str] = how.pop("only")
    examination = _examination(kind, name, path, sets, how)
    if as_json:
        report = examination.report(only)
        print_json(report.plain())
    else:
        report = _shown(examination, only)
    if not report.ok:
        click.get_current_context().exit(1)


def _examination(kind: str, name: str, path: str | None, sets: Sequence[str], how: dict[str, Any]) -> Examination[Any]:
    from navila_sdk.config import load_config
    from navila_sdk.plugins.addressed import check_addressed
    from navila_sdk.testing.conformance import examine_embodiment, examine_planner, examine_world
    from navila_sdk.testing.conformance.subject import bench

    takes = {
        "embodiment": ("world", "fidelity"),
        "world": ("embodiment", "fidelity"),
        "planner": ("embodiment", "scene", "instruction"),
    }[kind]
    waived = _waivers(how.pop("waive"))
    given = {option: value for option, value in how.items() if value is not None}
    for option in given:
        if option not in takes:
            fits = ", ".join(f"--{taken}" for taken in takes)
            raise click.UsageError(f"--{option} is for something else than {kind}s; those take {fits}")
    loaded = load_config(path, sets)
    on = bench(loaded.config, loaded.path)
    check_addressed(loaded, on.plugins)
    # A name that isn't there is the caller's mistake, not a plugin's fault.
    try:
        on.plugins.load(kind, name)
    except UnknownNameError:
        raise
    except NavilaError:
        pass  # the first check tells it, with the file
    if "fidelity" in given:
        _check_fidelity(on.plugins, name if kind == "world" else given.get("world", on.config.world), given["fidelity"])
    if kind == "embodiment":
        fidelity = given.get("fidelity")
        world = given.get("world", "")
        return examine_embodiment(name, world=world, fidelities=(fidelity,) if fidelity else (), waived=waived, on=on)
    return {"world": examine_world, "planner": examine_planner}[kind](name, **given, waived=waived, on=on)


def _check_fidelity(plugins: Plugins, world: str, fidelity: str) -> None:
    try:
        record = plugins.world(world)
    except UnknownNameError:
        raise
    except NavilaError:
        return  # as above
    record.offered(fidelity)


def _waivers(texts: Sequence[str]) -> dict[str, str]:
    waived: dict[str, str] = {}
    for text in texts:
        name, _, why = text.partition("=")
        if not why.strip():
            raise ConfigError(f"--waive {text!r:.80} gives no reason: write --waive CHECK=WHY")
        waived[name.strip()] = why.strip()
    return waived


def _shown(examination: Examination[Any], only: Sequence[str]) -> Report:
    from rich.table import Table
    from rich.text import Text

    with console().status(f"checking {examination.subject.kind} {examination.subject.name} ..."):
        report = examination.report(only)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("check", "", "what it holds the plugin to, and what was found"):
        table.add_column(column, overflow="fold")
    for result in report.results:
        style = _STYLES[result.status]
        table.add_row(Text(result.check), Text(result.status, style=style), Text(result.text or result.about))
    console().print(table)
    counts = {status: sum(r.status == status for r in report.results) for status in _STYLES}
    click.echo(", ".join(f"{count} {status}" for status, count in counts.items()))
    return report
