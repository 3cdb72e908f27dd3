"""A bar for each part of a checkpoint while it's loaded, where someone looks on."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_WORDS = {
    "vision_tower": "vision tower",
    "mm_projector": "projector",
    "llm": "language model",
    "compile": "compiling",
}


@contextlib.contextmanager
def loading_bar(console: Console | None = None) -> Generator[None]:
    """Show how far checkpoints are that are loaded meanwhile; nothing where nothing is, or nobody looks on.

    Args:
        console: Where to draw; standard error where it isn't given.
    """
    from rich.console import Console

    from navila_sdk.vla.loading import loading_told

    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    bars: dict[str, TaskID] = {}
    progress: Progress | None = None

    def show(part: str, done: int, total: int) -> None:
        nonlocal progress
        if progress is None:
            progress = _progress(console)
            progress.start()
        if part not in bars:
            bars[part] = progress.add_task(_WORDS.get(part, part), total=total)
        progress.update(bars[part], completed=done, total=total)

    try:
        with loading_told(show):
            yield
    finally:
        if progress is not None:
            progress.stop()


def _progress(console: Console) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
