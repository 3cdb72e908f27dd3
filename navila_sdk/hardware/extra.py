"""The import of what only an extra brings along, blamed by the command that installs it."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from navila_sdk.errors import MissingDependencyError


@contextlib.contextmanager
def extra(what: str, install: str) -> Generator[None]:
    """Say how to install what can't be imported inside the block.

    Args:
        what: Who needs it: "the real robot".
        install: What pip is to install: "my-robot[real]".

    Raises:
        MissingDependencyError: A package isn't installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"{what} needs the package {error.name!r}; install it with: pip install '{install}'"
        ) from error
