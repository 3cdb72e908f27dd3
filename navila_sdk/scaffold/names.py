"""One name, and what follows from it: distribution, package, class, folder."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from navila_sdk.errors import ConfigError

_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_LONGEST = 40


@attrs.frozen(slots=True)
class Names:
    """What a plugin is called.

    Attributes:
        name: As users write it.
        distribution: As pip writes it.
        package: As Python writes it.
        class_name: As its test and its classes write it.
    """

    name: str
    distribution: str
    package: str
    class_name: str


def names_of(kind: str, name: str, taken: Iterable[str] = ()) -> Names:
    """Return the names of a new plugin.

    Args:
        kind: embodiment, world or planner.
        name: As asked for.
        taken: Names of that kind that are registered already.

    Raises:
        ConfigError: It's no name, or taken.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise ConfigError(
            f"{name!r:.80} is no name for a plugin: lower-case letters and digits, a letter first, parts joined "
            f"by - or _, at most {_LONGEST} characters; for example: my-robot"
        )
    if name in taken:
        raise ConfigError(f"the {kind} {name!r} is registered already (navila plugins {name}); choose another name")
    words = re.split(r"[-_]", name)
    return Names(name, f"navila-{'-'.join(words)}", f"navila_{'_'.join(words)}", "".join(w.capitalize() for w in words))
