"""What a driver senses: time that passes, frames and scans that are fresh, sound and never change afterwards."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from navila_sdk.geometry import Twist
from navila_sdk.testing.conformance.values import Fault, Finding, Skip, check
from navila_sdk.testing.conformance.worlds.place import Place, driven, let_pass
from navila_sdk.world import SimulatedDriver

_STALE_S = 0.25
_EPSILON_S = 1e-6


@check("time-passes", "driver")
def time_passes(place: Place) -> Iterator[Finding]:
    """The state's time goes on: by step_s at each advance(), and not without it."""
    with place.driver() as made:
        before_s = made.state().time_s
        if not isinstance(made, SimulatedDriver):
            let_pass(made, 0.3)
            passed_s = made.state().time_s - before_s
            if not 0.05 <= passed_s <= 1.0:
                yield Fault("state().time_s after 0.3 s", f"+{passed_s:g} s", "+0.3 s", place.code(made, "state"))
            return
        again_s = made.state().time_s
        for _ in range(10):
            made.advance()
        passed_s = made.state().time_s - before_s
        if again_s != before_s:
            yield Fault(
                "state().time_s", f"{before_s:g}, then {again_s:g}", "the same until advance()", place.code(made)
            )
        if not math.isclose(passed_s, 10 * made.step_s, rel_tol=1e-6, abs_tol=1e-6):
            expected = f"+{10 * made.step_s:g} s: step_s = {made.step_s:g}"
            value = f"+{passed_s:g} s"
            yield Fault("state().time_s after 10 advance()", value, expected, place.code(made, "state"))


@check("camera-frame", "time-passes", "starts-at-origin")
def camera_frame(place: Place) -> Iterator[Finding]:
    """A frame is uint8, of the body's camera's size, never younger than now, with the pose it was taken at."""
    camera = place.body.camera
    with place.driver() as made:
        frame, state, where = made.observe(), made.state(), place.code(made, "observe")
        expected = (camera.height_px, camera.width_px, 3)
        if frame.rgb.shape != expected:
            yield Fault("observe().rgb.shape", f"{frame.rgb.shape}", f"{expected}, the embodiment's camera", where)
        if frame.depth_m is not None and frame.depth_m.shape != frame.rgb.shape[:2]:
            yield Fault("observe().depth_m.shape", f"{frame.depth_m.shape}", f"{frame.rgb.shape[:2]}", where)
        if frame.depth_m is not None and (frame.depth_m < 0).any():
            yield Fault("observe().depth_m", f"{float(frame.depth_m.min()):g}", "metres, 0 or more", where)
        if frame.time_s > state.time_s + _EPSILON_S:
            yield Fault("observe().time_s", f"{frame.time_s:g}", f"at most now, {state.time_s:g}", where)
        if frame.pose.distance_m(state.pose) > 0.05:
            yield Fault("observe().pose, standing", f"{frame.pose}", f"the odometry pose, {state.pose}", where)


@check("fresh-frames", "camera-frame", "forward-is-plus-x?")
def fresh(place: Place) -> Iterator[Finding]:
    """Frames keep up with the body, and an old one keeps what it showed."""
    period_s = 1 / place.body.camera.rate_hz
    with place.driver() as made:
        first = made.observe()
        kept = first.rgb.copy()
        driven(made, Twist(place.forward_mps), 1.5)
        frame, state, where = made.observe(), made.state(), place.code(made, "observe")
        most_s = period_s + 0.1
        if state.time_s - frame.time_s > most_s:
            age = f"{state.time_s - frame.time_s:.3f} s"
            yield Fault("age of observe()", age, f"at most {most_s:.3f} s: camera.rate_hz", where)
        elif frame.pose.distance_m(state.pose) > place.body.limits.vx_max_mps * most_s + 0.05:
            gap = f"{frame.pose.distance_m(state.pose):.3f} m behind the body"
            yield Fault("observe().pose", gap, "the pose at observe().time_s", where)
        if not np.array_equal(first.rgb, kept):
            yield Fault("an earlier frame", "changed", "as it was taken: hand out a copy", where)


@check("cloud", "time-passes")
def cloud(place: Place) -> Iterator[Finding]:
    """A body with a LiDAR gets fresh points (N, 3) in metres; one without gets None."""
    with place.driver() as made:
        points, where = made.cloud(), place.code(made, "cloud")
        if place.body.lidar is None:
            if points is not None:
                yield Fault("cloud() without a LiDAR", type(points).__name__, "None", where)
            return
        if points is None:
            yield Skip("the world has no LiDAR")
            return
        let_pass(made, 0.5)
        points = made.cloud()
        if points is None:
            yield Fault("cloud(), later", "None", "points, as before", where)
            return
        array = points.points_m
        if array.ndim != 2 or array.shape[1] != 3 or array.dtype != np.float32:
            yield Fault("cloud().points_m", f"{array.dtype} {array.shape}", "float32 (N, 3)", where)
        elif not np.isfinite(array).all() or (array.size and np.abs(array).max() > place.body.lidar.range_m + 1):
            expected = f"finite, within lidar.range_m = {place.body.lidar.range_m:g}"
            yield Fault("cloud().points_m", f"up to {np.abs(array).max():g}", expected, where)
        age_s = made.state().time_s - points.time_s
        if not -_EPSILON_S <= age_s <= 1 / place.body.lidar.rate_hz + 0.1:
            yield Fault("age of cloud()", f"{age_s:.3f} s", "0 to one period of lidar.rate_hz", where)


@check("scan", "time-passes")
def scan(place: Place) -> Iterator[Finding]:
    """The range scan behind the safety zones is fresh, and says what it doesn't see."""
    with place.driver() as made:
        let_pass(made, 1.0)
        state, where = made.state(), place.code(made, "state")
        seen = state.scan
        if seen is None:
            yield Skip("the world has no range scan")
            return
        if seen.bearing_rad.shape != seen.range_m.shape or seen.range_m.ndim != 1:
            value = f"{seen.bearing_rad.shape} and {seen.range_m.shape}"
            yield Fault("state().scan bearings and ranges", value, "(N,) both", where)
        elif np.isnan(seen.range_m).any() or (seen.range_m < 0).any():
            value = f"{int(np.isnan(seen.range_m).sum())} of {seen.range_m.size} are NaN, or some below 0"
            yield Fault("state().scan.range_m", value, "metres; inf where nothing is in reach", where)
        if not -_EPSILON_S <= state.time_s - seen.time_s <= _STALE_S:
            value = f"{state.time_s - seen.time_s:.3f} s"
            yield Fault("age of state().scan", value, f"0 to {_STALE_S:g} s, or the robot stands", where)
