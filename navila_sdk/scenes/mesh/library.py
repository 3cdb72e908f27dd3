"""The package that reads and writes mesh files, imported when a file is."""

from __future__ import annotations

from typing import Any

from navila_sdk.errors import MissingDependencyError


def trimesh(doing: str) -> Any:  # noqa: ANN401 - the library has no complete types
    """Return the package ``trimesh``.

    Args:
        doing: What it's needed for, for the message.

    Raises:
        MissingDependencyError: It isn't installed.
    """
    try:
        import trimesh as library  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise MissingDependencyError(
            f"{doing} needs the package trimesh, which isn't installed: pip install 'navila-sdk[mesh]'"
        ) from None
    return library
