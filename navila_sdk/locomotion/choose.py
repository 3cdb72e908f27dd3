"""Which policy and which model a body walks with: the record's, or the user's own file."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError, PluginLoadError, PolicyError
from navila_sdk.locomotion.controller import check_map
from navila_sdk.locomotion.policy import Policy, load_policy


def packaged_file(target: str) -> Path:
    """Return the file that ``package:path`` names.

    Raises:
        PluginLoadError: No such package, or no such file in it.
    """
    package, _, path = target.partition(":")
    try:
        found = Path(str(importlib.resources.files(package).joinpath(path)))
    except (ImportError, ValueError) as error:
        raise PluginLoadError(f"{target}: the package {package!r} can't be found: {error}") from None
    if not found.is_file():
        raise PluginLoadError(f"{target}: the package {package!r} has no file {path!r}; install it anew")
    return found


def robot_model(embodiment: Embodiment, own: str | None = None) -> Path:
    """Return the MJCF to walk with.

    Args:
        embodiment: The robot.
        own: A file of the user's instead of the record's.

    Raises:
        CapabilityError: The embodiment has none.
        PluginLoadError: The file its record names isn't there.
    """
    if own is not None:
        return Path(own)
    if embodiment.model is None:
        raise CapabilityError(f"{embodiment.name} has no physical model; use the fidelity 'kinematic'")
    return packaged_file(embodiment.model)


def locomotion_policy(embodiment: Embodiment, wanted: str | None = None) -> Policy:
    """Return the policy to walk with, checked against the body's height map.

    Args:
        embodiment: The robot.
        wanted: A kind the record names ("blind", "vision"), a policy file, or None for the record's first.

    Raises:
        CapabilityError: The embodiment has no policy, or none of that kind.
        PolicyError: The file is no policy, or the body makes another height map than it sees.
    """
    kinds = embodiment.policies
    if wanted is None and not kinds:
        raise CapabilityError(f"{embodiment.name} has no locomotion policy; use the fidelity 'kinematic'")
    if wanted is None or wanted in kinds:
        path = packaged_file(kinds[wanted or next(iter(kinds))])
    elif Path(wanted).suffix or "/" in wanted:
        path = Path(wanted)
        if not path.is_file():
            raise PolicyError(f"{wanted}: no such policy file")
    else:
        offered = ", ".join(kinds) or "none"
        raise CapabilityError(
            f"{embodiment.name} has no locomotion policy {wanted!r:.60}; it has: {offered}; or give a file (.onnx)"
        )
    policy = load_policy(path)
    check_map(policy, embodiment)
    return policy
