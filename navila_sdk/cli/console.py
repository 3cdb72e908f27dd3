"""What every verb prints through: tables for people, JSON for programs, one message for an error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH = 200  # a table that isn't looked at but searched shouldn't be folded at 80


def console() -> Console:
    """Return a rich console on stdout; rich is imported here because most calls of navila need none."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], styles: Sequence[str] = ()) -> None:
    """Print a table; ``styles`` holds a rich style for each row, or nothing."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for index, row in enumerate(rows):
        table.add_row(*(Text(cell) for cell in row), style=styles[index] if styles else None)
    console().print(table)


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Print one JSON value."""
    click.echo(json_text(value, indent=2))


def json_text(value: Any, indent: int | None = None) -> str:  # noqa: ANN401 - any JSON value
    """Return JSON that stdout can take: letters as they are where its encoding has them, else escaped."""
    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(value, indent=indent, ensure_ascii=plain, allow_nan=False, default=str)


def print_error(kind: str, message: str, as_json: bool) -> None:
    """Print an error's message on stderr and, for programs, as ``{"error": {...}}`` on stdout too."""
    click.echo(f"error: {message}", err=True)
    if as_json:
        print_json({"error": {"type": kind, "message": message}})
