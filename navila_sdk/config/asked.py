"""What a program or an option asks for beside the configuration, held to the same rules as the configuration."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from navila_sdk.config.bounds import Bounds, bounds_of
from navila_sdk.config.structure import converter
from navila_sdk.errors import ConfigError
from navila_sdk.strict import structure_problems

PACES = Bounds(low=0.001, high=1e6)
"""Simulated seconds per second; slower or faster than this nobody watches."""


@attrs.frozen(slots=True, kw_only=True)
class _Asked:
    embodiment: str | None = None
    world: str | None = None
    planner: str | None = None
    fidelity: str | None = None
    locomotion: str | None = None
    out: str | None = None
    seed: int | None = None
    pace: float | None = None


def check_asked(values: Mapping[str, object]) -> None:
    """Make sure that names are text, and numbers such as make sense; None asks for nothing.

    Args:
        values: Any of ``embodiment``, ``world``, ``planner``, ``fidelity``, ``locomotion`` and ``out`` (texts),
            ``seed`` and ``pace`` (numbers).

    Raises:
        ConfigError: Lists everything that doesn't fit.
    """
    problems: list[str] = []
    try:
        converter().structure(dict(values), _Asked)
    except Exception as error:  # noqa: BLE001 - cattrs groups what the hooks raise; all of it is the caller's
        problems += structure_problems(error, whole="what is asked for")
    for name, bounds in (("seed", bounds_of("seed")), ("pace", PACES)):
        value = values.get(name)
        if isinstance(value, int | float) and not bounds.holds(value) and not any(p.startswith(name) for p in problems):
            problems.append(f"{name}: expected {bounds.expected()}, got {value!r}")
    if problems:
        raise ConfigError("what is asked for doesn't fit:", problems)
