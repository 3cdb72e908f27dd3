"""``navila doctor``: what is installed, what is missing for what, and the command that installs it."""

from __future__ import annotations

import click

from navila_sdk.cli.console import print_json, print_table

_STYLES = {"ok": "", "missing": "yellow", "problem": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool) -> None:
    """Say what is installed, and what is missing for what.

    Reads package metadata only. Exits with 1 if navila itself can't work; what is merely optional and
    missing doesn't count.
    """
    from navila_sdk.cli.findings import examine

    findings = examine()
    healthy = all(finding.status != "problem" for finding in findings)
    if as_json:
        rows = [{"topic": f.topic, "status": f.status, "detail": f.detail, "remedy": f.remedy} for f in findings]
        print_json({"ok": healthy, "findings": rows})
    else:
        cells = [(f.topic, f.status, f.detail, f.remedy) for f in findings]
        columns = ("topic", "status", "found", "to mend it")
        print_table(columns, cells, [_STYLES[finding.status] for finding in findings])
    if not healthy:
        click.get_current_context().exit(1)
