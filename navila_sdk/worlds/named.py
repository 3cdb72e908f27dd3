"""What a record names as ``module:attribute``: imported when it's needed, and blamed by name when it can't be."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from navila_sdk.errors import MissingDependencyError, PluginLoadError


def named(target: str, what: str) -> Callable[..., Any]:
    """Return the callable behind ``module:attribute``.

    Args:
        target: As it stands in a record.
        what: What it is, for the messages: "the driver of x".

    Raises:
        MissingDependencyError: A package it needs isn't installed.
        PluginLoadError: It isn't there, or isn't callable.
    """
    module, _, attribute = target.partition(":")
    try:
        found: object = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"{what} needs the package {error.name!r}, which isn't installed; "
            "install the extra 'real' of the distribution it comes with"
        ) from error
    except (ImportError, AttributeError, ValueError) as error:
        raise PluginLoadError(f"{what} can't be loaded from {target!r}: {error}") from error
    if not callable(found):
        raise PluginLoadError(f"{what} is {target!r}, which is {type(found).__name__} and no function")
    return found
