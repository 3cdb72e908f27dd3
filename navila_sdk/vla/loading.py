"""Who wants to know how far a checkpoint is loaded: set by whoever shows it, told by whoever loads.

Planners are built far below what draws on a screen, by plugins that know nothing of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from contextvars import ContextVar

Told = Callable[[str, int, int], None]
_listener: ContextVar[Told | None] = ContextVar("navila_loading", default=None)


@contextlib.contextmanager
def loading_told(listener: Told) -> Generator[None]:
    """Let ``listener`` be told (part, steps done, steps there are) of what is loaded meanwhile in this thread."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


def tell(part: str, done: int, total: int) -> None:
    """Tell how far a part is."""
    listener = _listener.get()
    if listener is not None:
        listener(part, done, total)
