"""The record's numbers: finite, in SI units, and consistent with each other."""

from __future__ import annotations

import math
from collections.abc import Iterator

from navila_sdk.actions import Verb
from navila_sdk.embodiment import Camera, Lidar
from navila_sdk.testing.conformance.embodiments.body import Body
from navila_sdk.testing.conformance.values import Fault, Finding, check

_MAX_SIZE_M, _MAX_SPEED_MPS, _MAX_TURN_RADPS, _MAX_RATE_HZ, _MAX_PX = 10.0, 20.0, 20.0, 1000.0, 8192
_QUARTER = math.pi / 2
_MOVES = {
    Verb.MOVE_FORWARD: ("vx_max_mps", "ax_max_mps2"),
    Verb.MOVE_BACKWARD: ("vx_min_mps", "ax_max_mps2"),
    Verb.STEP_LEFT: ("vy_max_mps", "ay_max_mps2"),
    Verb.STEP_RIGHT: ("vy_max_mps", "ay_max_mps2"),
    Verb.TURN_LEFT: ("wz_max_radps", "awz_max_radps2"),
    Verb.TURN_RIGHT: ("wz_max_radps", "awz_max_radps2"),
}
_SPEEDS = (
    ("forward_mps", "min_forward_mps", "vx_max_mps", {Verb.MOVE_FORWARD}),
    ("forward_mps", "min_forward_mps", "vx_min_mps", {Verb.MOVE_BACKWARD}),
    ("lateral_mps", "min_lateral_mps", "vy_max_mps", {Verb.STEP_LEFT, Verb.STEP_RIGHT}),
    ("turn_radps", "min_turn_radps", "wz_max_radps", {Verb.TURN_LEFT, Verb.TURN_RIGHT}),
)


@check("limits")
def limits(body: Body) -> Iterator[Finding]:
    """Limits are finite, in m/s and rad/s, and allow every declared move."""
    record, seen = body.record, set[str]()
    for verb in sorted(record.verbs & set(_MOVES)):
        for field in _MOVES[verb]:
            value = getattr(record.limits, field)
            if field not in seen and (value == 0 or not math.isfinite(value)):
                seen.add(field)
                what = f"limits.{field}"
                yield Fault(what, f"{value:g}", f"not 0: {verb!r} is declared in verbs", body.mend(what))
    for field in ("vx_max_mps", "vx_min_mps", "vy_max_mps", "wz_max_radps"):
        most = _MAX_TURN_RADPS if field == "wz_max_radps" else _MAX_SPEED_MPS
        value = getattr(record.limits, field)
        if abs(value) > most:
            what = f"limits.{field}"
            yield Fault(what, f"{value:g}", f"SI units, at most {most:g} in size", body.mend(what))


@check("mapping", "limits")
def mapping(body: Body) -> Iterator[Finding]:
    """The speeds of mid-level actions lie within the limits and over the dead bands."""
    record = body.record
    for field, band, limit, moves in _SPEEDS:
        what, value, least = f"mapping.{field}", getattr(record.mapping, field), getattr(record.mapping, band)
        most = abs(getattr(record.limits, limit))
        if not moves & record.verbs:
            continue
        # Moving backwards is held to the backward limit by the safety chain; forward speed alone must fit.
        if limit != "vx_min_mps" and not 0 < value <= most:
            yield Fault(what, f"{value:g}", f"over 0, at most limits.{limit} = {most:g}", body.mend(what))
        elif not 0 <= least < min(value, most):
            where = f"mapping.{band}"
            yield Fault(where, f"{least:g}", f"0 or more, and less than {min(value, most):g}", body.mend(where))
    response_s = record.mapping.response_s
    if not 0 <= response_s <= 2:
        what = "mapping.response_s"
        yield Fault(what, f"{response_s:g}", "0 to 2 seconds", body.mend(what))


@check("shape")
def shape(body: Body) -> Iterator[Finding]:
    """The footprint is a box in metres around the base, and the clock ticks in hertz."""
    box, record = body.record.footprint, body.record
    for field in ("length_m", "width_m", "height_m"):
        value, what = getattr(box, field), f"footprint.{field}"
        if not 0.02 <= value <= _MAX_SIZE_M:
            yield Fault(what, f"{value:g}", f"metres, 0.02 to {_MAX_SIZE_M:g}", body.mend(what))
    if not 0 <= box.clearance_m < box.height_m:
        what = "footprint.clearance_m"
        yield Fault(what, f"{box.clearance_m:g}", f"0 to below height_m = {box.height_m:g}", body.mend(what))
    if not 0 <= record.base_height_m <= box.height_m:
        most = f"metres, at most footprint.height_m = {box.height_m:g}"
        yield Fault("base_height_m", f"{record.base_height_m:g}", most, body.mend("base_height_m"))
    if not 5 <= record.control_hz <= _MAX_RATE_HZ:
        yield Fault("control_hz", f"{record.control_hz:g}", "5 to 1000 hertz", body.mend("control_hz"))


@check("cameras", "shape")
def cameras(body: Body) -> Iterator[Finding]:
    """Cameras have pixels, a rate, angles in radians, and sit on the body."""
    for name, camera in (("camera", body.record.camera), ("depth_camera", body.record.depth_camera)):
        if camera is not None:
            yield from _camera(body, name, camera)


def _camera(body: Body, name: str, camera: Camera) -> Iterator[Finding]:
    for field in ("width_px", "height_px"):
        value, what = getattr(camera, field), f"{name}.{field}"
        if not 1 <= value <= _MAX_PX:
            yield Fault(what, f"{value!r}", f"pixels, 1 to {_MAX_PX}", body.mend(what))
    if not 0.05 < camera.hfov_rad < math.pi:
        what = f"{name}.hfov_rad"
        yield Fault(what, f"{camera.hfov_rad:g}", "radians, over 0.05 and below pi", body.mend(what))
    yield from _mount(body, name, camera)


@check("lidar", "shape")
def lidar(body: Body) -> Iterator[Finding]:
    """A LiDAR has rays, a range, a rate, angles in radians, and sits on the body."""
    sensor = body.record.lidar
    if sensor is None:
        return
    if not sensor.elevations_rad or any(not abs(angle) <= _QUARTER + 1e-9 for angle in sensor.elevations_rad):
        value = f"{min(sensor.elevations_rad, default=0):g} to {max(sensor.elevations_rad, default=0):g}"
        mend = body.mend("lidar.elevations_rad")
        yield Fault("lidar.elevations_rad", value, "one or more, radians within a quarter turn", mend)
    if sensor.azimuths < 1:
        yield Fault("lidar.azimuths", f"{sensor.azimuths!r}", "1 or more", body.mend("lidar.azimuths"))
    if not 0 < sensor.range_m < 1000:
        yield Fault("lidar.range_m", f"{sensor.range_m:g}", "metres, over 0", body.mend("lidar.range_m"))
    yield from _mount(body, "lidar", sensor)


def _mount(body: Body, name: str, sensor: Camera | Lidar) -> Iterator[Finding]:
    box = body.record.footprint
    for field, low, high in (
        ("x_m", -box.length_m / 2, box.length_m / 2),
        ("y_m", -box.width_m / 2, box.width_m / 2),
        ("z_m", 0.0, box.height_m),
    ):
        value, what = getattr(sensor, field), f"{name}.{field}"
        if not low - 1e-9 <= value <= high + 1e-9:
            span = f"inside the footprint, {low:g} to {high:g} m"
            yield Fault(what, f"{value:g}", span, body.mend(what))
    if not abs(sensor.pitch_rad) <= math.pi:
        what = f"{name}.pitch_rad"
        yield Fault(what, f"{sensor.pitch_rad:g}", "radians, within half a turn", body.mend(what))
    if not 0 < sensor.rate_hz <= _MAX_RATE_HZ:
        yield Fault(f"{name}.rate_hz", f"{sensor.rate_hz:g}", "hertz, over 0", body.mend(f"{name}.rate_hz"))
