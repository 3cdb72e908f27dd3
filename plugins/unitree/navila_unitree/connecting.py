"""Connecting to a robot: what every body needs, in the order that finds a fault soonest and moves nothing.

Interface and versions, somebody who answers, the battery, the mode, the LiDAR, the camera; then there is a driver.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from navila_sdk.clock import WallClock
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import ConfigError, RobotUnreachableError
from navila_sdk.hardware.camera import Camera, opened_camera
from navila_sdk.hardware.driver import RobotDriver
from navila_sdk.hardware.options import PATH
from navila_sdk.hardware.parts import Parts
from navila_sdk.hardware.sender import Sender
from navila_sdk.scenes import load_scene
from navila_sdk.strict import read_options
from navila_sdk.world import WorldRequest
from navila_unitree import codes, domain, sdk
from navila_unitree.battery import check_battery
from navila_unitree.clouds import Clouds
from navila_unitree.kind import Kind, Senses
from navila_unitree.lens import Lens, Straightener
from navila_unitree.low.body import LowBody
from navila_unitree.low.joint_level import joint_kind
from navila_unitree.options import DriverOptions
from navila_unitree.pictures import picture_source
from navila_unitree.who import nobody

BATTERY_S = 1.0


def connected(request: WorldRequest, kind: Kind[Any, Any], low: LowBody) -> RobotDriver:
    """Return the driver of a robot that stands and is ready to walk.

    Args:
        request: What the world was asked for.
        kind: The robot at velocity level.
        low: What joint level must know of it besides.

    Raises:
        ConfigError: An option doesn't fit, or there is no such interface.
        MissingDependencyError: The vendor's SDK is missing, or installed by half.
        RobotUnreachableError: Nobody answers, or camera or LiDAR are silent.
        RobotRefusedError: The robot can't walk as it is.
        RobotBusyError: Another program drives it.
        RobotError: Another robot answers, or the wrong CycloneDDS is installed.
    """
    body, options = request.embodiment, read_options(DriverOptions, request.options, PATH)
    if options.level == "joint":
        kind = joint_kind(body, kind, low, options)
    elif options.policy:
        raise ConfigError(
            f"driver.policy: {options.policy!r:.60} walks at joint level only; at velocity level {body.name} walks by "
            'its own controller: set driver.level = "joint", or leave the policy out'
        )
    scene = load_scene(request.scene) if request.scene is not None else None
    source = picture_source(options.camera) if options.camera != "vendor" else None
    place = domain.Place(options.interface, options.domain)
    with contextlib.ExitStack() as made:
        claim = domain.join(place, "driver", body.name)
        made.callback(claim.release)
        clients: list[Any] = sdk.together(
            lambda: kind.legs(options.timeout_s), lambda: source or picture_source(options.camera)
        )
        clock, (legs, source) = kind.clock, clients
        senses = kind.senses(legs)
        made.callback(senses.close)
        made.callback(legs.close)
        if senses.wait(options.timeout_s) is None:
            raise nobody(body.name, kind.service, place, options.timeout_s, senses.silent)
        strangers = kind.strangers()
        made.callback(strangers.close)
        check_battery(body.name, options.least_battery, BATTERY_S)
        kind.make_ready(legs, senses, options)
        clouds = _clouds(clock, senses, kind, options, body.base_height_m) if options.lidar else None
        if clouds:
            made.callback(clouds.close)
        sender = Sender(legs.write, rate_hz=options.send_hz, stale_s=options.stale_s)
        made.callback(sender.close)
        parts = Parts(
            legs=legs,
            sender=sender,
            readings=senses,
            clock=clock,
            clouds=clouds.latest if clouds else None,
            forbids=kind.forbids,
            strangers=strangers.heard if options.alone else lambda: "",
            check=codes.check,
            unreachable=codes.UNREACHABLE,
            heights=kind.heights,
            closing=(claim.release, strangers.close, *((clouds.close,) if clouds else ())),
        )
        driver = RobotDriver(body, parts, scene)
        made.callback(driver.close)
        driver.state()
        driver.look(_camera(driver, body, kind.lens, options, source))
        kind.start(legs, senses, clouds.latest if clouds else None)
        domain.close_at_exit(driver)
        made.pop_all()
        return driver


def _clouds(
    clock: WallClock, senses: Senses, kind: Kind[Any, Any], options: DriverOptions, base_height_m: float
) -> Clouds:
    clouds = Clouds(clock, lambda: senses.level, kind.cloud_topic, kind.cloud_mount, base_height_m)
    if not clouds.wait(options.timeout_s):
        clouds.close()
        raise RobotUnreachableError(
            f"no LiDAR cloud on {kind.cloud_topic} within {options.timeout_s:g} s, and without one nothing looks where "
            "the robot goes; switch the LiDAR on, or accept that: --set driver.lidar=false"
        )
    return clouds


def _camera(
    driver: RobotDriver, body: Embodiment, lens: Lens | None, options: DriverOptions, source: Callable[[], bytes]
) -> Camera:
    made: dict[tuple[int, int], Straightener] = {}

    def straighten(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if lens is None or options.camera != "vendor":
            return rgb
        size = (rgb.shape[1], rgb.shape[0])
        if size not in made:
            made[size] = Straightener(lens.scaled(*size), body.camera.hfov_rad, options.picture_px)
        return made[size](rgb)

    return opened_camera(source, options, straighten=straighten, pose=driver.pose, clock_s=driver.clock.now_s)
