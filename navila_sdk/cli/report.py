"""``navila report FILE...``: one page about one or more recordings."""

from __future__ import annotations

import click


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--out", metavar="FILE", help="Where to write the page (default: beside the first recording).")
def command(files: tuple[str, ...], out: str | None) -> None:
    """Write a self-contained HTML page about run folders or episode.mcap files."""
    from pathlib import Path

    from navila_sdk.recording import build_report

    first = Path(files[0])
    page = Path(out) if out else (first if first.is_dir() else first.parent) / "report.html"
    click.echo(str(build_report([Path(name) for name in files], page)))
