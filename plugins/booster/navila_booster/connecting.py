"""Connecting to a T1, in the order that finds a fault soonest and moves nothing.

Interface and SDK, somebody who answers, what it says of itself, battery, mode, camera; then there is a driver.
"""

from __future__ import annotations

import atexit
import contextlib
import weakref

from navila_booster import codes, ready
from navila_booster.eyes import CompressedTopic, check_camera, picture_source
from navila_booster.guard import bodyguard
from navila_booster.guarded import GuardedLegs
from navila_booster.legs import Legs
from navila_booster.modes import Mode, forbids
from navila_booster.modewatch import ModeWatch
from navila_booster.options import DriverOptions
from navila_booster.place import join
from navila_booster.quiet import quiet
from navila_booster.sdk import Place, enter
from navila_booster.senses import Senses
from navila_sdk.clock import WallClock
from navila_sdk.hardware.camera import opened_camera
from navila_sdk.hardware.charge import check_charge
from navila_sdk.hardware.driver import RobotDriver
from navila_sdk.hardware.options import PATH
from navila_sdk.hardware.parts import Parts
from navila_sdk.hardware.sender import Sender
from navila_sdk.scenes import load_scene
from navila_sdk.strict import read_options
from navila_sdk.world import WorldRequest

BATTERY_S = 1.0
_open: weakref.WeakSet[RobotDriver] = weakref.WeakSet()


class T1Driver(RobotDriver):
    """A T1: a robot's driver that also gives its joints (``senses.joints``) and IMU (``senses.imu``)."""

    senses: Senses


def connect(request: WorldRequest) -> T1Driver:
    """Return the driver of a T1 that stands and is ready to walk.

    Raises:
        ConfigError: An option doesn't fit, or there is no such interface.
        MissingDependencyError: The vendor's SDK is missing, or installed by half.
        RobotUnreachableError: Nobody answers, or the camera is silent.
        RobotRefusedError: The robot can't walk as it is.
        RobotBusyError: Another program drives it.
        RobotError: Another robot answers.
    """
    body, options = request.embodiment, read_options(DriverOptions, request.options, PATH)
    scene = load_scene(request.scene) if request.scene is not None else None
    check_camera(options.camera)
    with contextlib.ExitStack() as made:
        claim, address = join(options.interface, options.domain, "driver", body.name)
        made.callback(claim.release)
        place = Place(address, options.domain)
        with quiet():
            enter(place)
            guard = bodyguard(place) if options.guard else None
            if guard:
                made.callback(guard.close)
            legs, watching = Legs(), Legs()
            answers = legs.wait(options.timeout_s)
        if not answers:
            raise ready.nobody(body.name, options)
        ready.check_model(body.name, legs.model())
        senses = Senses(lambda: int(Mode.UNKNOWN))
        made.callback(senses.close)
        if senses.wait(options.timeout_s) is None:
            raise ready.silent(body.name, options)
        check_charge(body.name, senses.charge(BATTERY_S), options.least_battery)
        watch = ModeWatch(watching, ready.make_ready(body.name, legs, senses, options))
        made.callback(watch.close)
        senses.mode = lambda: watch.mode
        if guard:
            guard.wait(options.timeout_s)
        clock, guarded = WallClock(), GuardedLegs(legs, guard, lambda: watch.refusal)
        sender = Sender(guarded.write, rate_hz=options.send_hz, stale_s=options.stale_s)
        made.callback(sender.close)
        source = picture_source(options.camera, options.camera_topic, 1 / options.camera_hz, options.camera_stale_s)
        closing = [claim.release, watch.close]
        if isinstance(source, CompressedTopic):
            made.callback(source.close)
            closing.append(source.close)
        parts = Parts(
            legs=guarded,
            sender=sender,
            readings=senses,
            clock=clock,
            clouds=None,
            forbids=lambda mode: forbids(mode) or (guard.fault if guard else ""),
            strangers=lambda: "",
            check=codes.check,
            unreachable=codes.UNREACHABLE,
            closing=tuple(closing),
        )
        driver = T1Driver(body, parts, scene)
        driver.senses = senses
        made.callback(driver.close)
        driver.state()
        driver.look(opened_camera(source, options, straighten=lambda rgb: rgb, pose=driver.pose, clock_s=clock.now_s))
        _open.add(driver)
        made.pop_all()
        return driver


@atexit.register
def _leave() -> None:
    """Close what is still open while the interpreter lives: the SDK's threads call into it."""
    for driver in list(_open):
        driver.close()
