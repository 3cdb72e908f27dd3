"""Senses that break. A sensor that is old, NaN, gone or on another clock stops the robot; it's never free ground."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs
import numpy as np

from navila_sdk.errors import RobotUnreachableError
from navila_sdk.geometry import Pose2
from navila_sdk.observation import Observation, RangeScan, RobotState
from navila_sdk.testing.faults.values import Fault

if TYPE_CHECKING:
    from navila_sdk.testing.faults.trial import Trial

_JUMP = Pose2(2.0, 0.0, 0.0)
_WRONG_CLOCK_S = 1e6
_AHEAD = ("move forward 75 cm",) * 4


def _frozen_frame(frame: Observation, trial: Trial) -> Observation:
    return trial.frame or frame


def _no_frame(frame: Observation, _: Trial) -> Observation:
    raise RobotUnreachableError(f"the camera gives no pictures after {frame.time_s:.1f} s")


def _nan_frame(frame: Observation, _: Trial) -> Observation:
    return Observation(np.full(frame.rgb.shape, np.nan, np.float32), frame.pose, frame.time_s)  # type: ignore[arg-type]


def _nan_pose_frame(frame: Observation, _: Trial) -> Observation:
    return attrs.evolve(frame, pose=Pose2(math.nan, 0.0, 0.0))


def _scan(state: RobotState, *, time_s: float | None = None, nan: bool = False) -> RobotState:
    scan = state.scan
    if scan is None:
        return state
    ranges = np.full_like(scan.range_m, np.nan) if nan else scan.range_m
    return attrs.evolve(state, scan=RangeScan(scan.bearing_rad, ranges, scan.time_s if time_s is None else time_s))


def _silent_lidar(state: RobotState, trial: Trial) -> RobotState:
    return attrs.evolve(state, scan=trial.state.scan if trial.state else None)


def _gone_lidar(state: RobotState, _: Trial) -> RobotState:
    return attrs.evolve(state, scan=None)


def _nan_lidar(state: RobotState, _: Trial) -> RobotState:
    return _scan(state, nan=True)


def _strange_lidar(state: RobotState, _: Trial) -> RobotState:
    return _scan(state, time_s=_WRONG_CLOCK_S)


def _jumped(state: RobotState, _: Trial) -> RobotState:
    return attrs.evolve(state, pose=state.pose.compose(_JUMP))


def _nan_odometry(state: RobotState, _: Trial) -> RobotState:
    return attrs.evolve(state, pose=Pose2(math.nan, math.nan, state.pose.yaw_rad))


def _frozen(state: RobotState, trial: Trial) -> RobotState:
    return trial.state or state


def _strange_clock(state: RobotState, _: Trial) -> RobotState:
    return attrs.evolve(state, time_s=state.time_s + _WRONG_CLOCK_S)


def _clock_back(state: RobotState, _: Trial) -> RobotState:
    return attrs.evolve(state, time_s=state.time_s - 5.0)


def _falls(state: RobotState, _: Trial) -> RobotState:
    return attrs.evolve(state, tilt_rad=1.3)


def _nan_tilt(state: RobotState, _: Trial) -> RobotState:
    return attrs.evolve(state, tilt_rad=math.nan)


def _wall(state: RobotState, _: Trial) -> RobotState:
    scan = state.scan
    if scan is None:
        return state
    ranges = np.where(np.abs(scan.bearing_rad) < 0.5, 0.36, scan.range_m)
    return attrs.evolve(state, scan=RangeScan(scan.bearing_rad, ranges, scan.time_s))


def _blind(name: str, what: str, frame: Callable[[Observation, Trial], Observation]) -> Fault:
    """Return a fault of the camera: planners see through it, but nothing that keeps the robot safe does."""
    return Fault(id=name, what=what, frame=frame, ends=("robot failed", "stale"), finishes=True)


SENSES = (
    _blind("camera-frozen", "the camera repeats one frame", _frozen_frame),
    _blind("camera-gone", "the camera gives no frame", _no_frame),
    _blind("camera-nan", "the camera's pixels are NaN", _nan_frame),
    _blind("camera-nan-pose", "a frame's pose is NaN", _nan_pose_frame),
    Fault(id="lidar-silent", what="the LiDAR says nothing new", state=_silent_lidar, ends=("stale",)),
    Fault(id="lidar-gone", what="the state carries no scan any more", state=_gone_lidar, ends=("stale",)),
    Fault(id="lidar-nan", what="the LiDAR gives NaN", state=_nan_lidar, ends=("stale",)),
    Fault(id="lidar-clock", what="its times are on another clock", state=_strange_lidar, ends=("stale",)),
    Fault(id="odometry-jump", what="odometry jumps by 2 m", state=_jumped, ends=("e-stopped",)),
    Fault(id="odometry-nan", what="odometry is NaN", state=_nan_odometry, ends=("stale",)),
    Fault(id="odometry-stale", what="the state repeats itself", state=_frozen, ends=("stale",)),
    Fault(id="state-clock", what="the state's times are far ahead", state=_strange_clock, ends=("stale",)),
    Fault(id="state-back", what="the state's times step back by 5 s", state=_clock_back, ends=("stale",)),
    Fault(id="fall", what="the body tilts by 1.3 rad", state=_falls, ends=("e-stopped",)),
    Fault(id="tilt-nan", what="the tilt is NaN", state=_nan_tilt, ends=("stale",)),
    Fault(id="obstacle", what="something stands in the way at once", state=_wall, ends=("blocked",), first=_AHEAD),
)
