"""The hinge joints of an MJCF file, read without a simulator."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from navila_sdk.errors import ConfigError


def joint_names(path: Path) -> tuple[str, ...]:
    """Return the names of the joints in a model file, in its order.

    Raises:
        ConfigError: The file is missing or no XML.
    """
    try:
        tree = ElementTree.parse(path)
    except (OSError, ElementTree.ParseError) as error:
        raise ConfigError(f"{path}: this robot model can't be read: {error}") from None
    bodies = tree.getroot().findall("worldbody")
    return tuple(joint.get("name", "") for body in bodies for joint in body.iter("joint") if joint.get("name"))
