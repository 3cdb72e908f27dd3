"""A robot's model file before any simulator reads it: what kind it is, its base link, its joints, its torque limits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import attrs

from navila_isaac.options import PATH, WorldOptions
from navila_isaac.places import USD_SUFFIXES
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError, ConfigError
from navila_sdk.locomotion.choose import packaged_file

_MOVING = ("revolute", "continuous", "prismatic")


@attrs.frozen(slots=True)
class RobotModel:
    """A robot's model file.

    Attributes:
        path: The file.
        kind: What has to read it.
        base_link: Name of the link that carries the base.
        joints: Names of its joints, in the file's order; None where only the simulator can tell.
        effort_limit_nm: Greatest torque by joint, as far as the file says.
    """

    path: Path
    kind: Literal["usd", "urdf", "mjcf"]
    base_link: str
    joints: tuple[str, ...] | None = None
    effort_limit_nm: Mapping[str, float] = attrs.field(factory=dict[str, float])


def robot_model(embodiment: Embodiment, options: WorldOptions) -> RobotModel:
    """Return the model to walk with: the user's own file, or the embodiment's.

    Raises:
        CapabilityError: The embodiment has none.
        ConfigError: The file is missing, unreadable or of another kind, or a USD file comes without its base link.
        PluginLoadError: The file its record names isn't there.
    """
    if options.robot:
        path = Path(options.robot)
        if not path.is_file():
            raise ConfigError(f"{PATH}.robot: no such file: {options.robot}")
    elif embodiment.model is None:
        raise CapabilityError(
            f"{embodiment.name} has no physical model: name one ({PATH}.robot, a .usd, .urdf or .xml file), or add: "
            "--fidelity kinematic"
        )
    else:
        path = packaged_file(embodiment.model)
    suffix = path.suffix.lower()
    if suffix in USD_SUFFIXES:
        if not options.base_link:
            raise ConfigError(
                f"which link of {path} carries the base? Set {PATH}.base_link, for instance 'base' or 'pelvis'"
            )
        return RobotModel(path, "usd", options.base_link)
    if suffix not in (".xml", ".urdf"):
        raise ConfigError(f"{path}: a robot model ends in .usd, .usda, .usdc, .urdf or .xml (MJCF)")
    if path.name.count(".") > 1:
        raise ConfigError(f"{path}: Isaac Lab's converter takes names with one dot only; rename the file")
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, OSError) as error:
        raise ConfigError(f"{path}: this is no XML: {error}") from None
    model = _mjcf(path, root) if suffix == ".xml" else _urdf(path, root)
    return attrs.evolve(model, base_link=options.base_link) if options.base_link else model


def _mjcf(path: Path, root: ElementTree.Element) -> RobotModel:
    bodies = root.findall(".//worldbody//body")
    free = next((body for body in bodies if body.find("freejoint") is not None or _free_joint(body)), None)
    if root.tag != "mujoco" or free is None or not free.get("name"):
        raise ConfigError(f"{path}: no named body of this MJCF has a free joint, so it can't walk")
    joints = [joint for body in free.iter("body") for joint in body.findall("joint") if joint.get("type") != "free"]
    return RobotModel(
        path, "mjcf", free.get("name", ""), tuple(joint.get("name", "") for joint in joints), _mjcf_limits(root)
    )


def _free_joint(body: ElementTree.Element) -> bool:
    return any(joint.get("type") == "free" for joint in body.findall("joint"))


def _mjcf_limits(root: ElementTree.Element) -> dict[str, float]:
    """Return the torque limits of an MJCF's actuators: their own force range, or their class's."""
    by_class: dict[str, str] = {}

    def gather(defaults: ElementTree.Element, inherited: str) -> None:
        own = next((part.get("forcerange", "") for part in defaults if part.get("forcerange")), inherited)
        by_class[defaults.get("class", "main")] = own
        for inner in defaults.findall("default"):
            gather(inner, own)

    for defaults in root.findall("default"):
        gather(defaults, "")
    found: dict[str, float] = {}
    for actuator in root.findall("actuator/*"):
        reach = actuator.get("forcerange") or by_class.get(actuator.get("class", "main"), "")
        joint = actuator.get("joint")
        if reach and joint:
            found[joint] = max(abs(float(part)) for part in reach.split())
    return found


def _urdf(path: Path, root: ElementTree.Element) -> RobotModel:
    joints = root.findall("joint")
    children = {child.get("link") for joint in joints for child in joint.findall("child")}
    bases = [link.get("name", "") for link in root.findall("link") if link.get("name") not in children]
    if root.tag != "robot" or len(bases) != 1:
        raise ConfigError(f"{path}: a URDF of a robot has one link that is no joint's child; this one has {bases}")
    moving = [joint for joint in joints if joint.get("type") in _MOVING]
    limits = {
        joint.get("name", ""): float(limit.get("effort", "0"))
        for joint in moving
        for limit in joint.findall("limit")
        if float(limit.get("effort", "0")) > 0
    }
    return RobotModel(path, "urdf", bases[0], tuple(joint.get("name", "") for joint in moving), limits)
