"""Planar geometry in SI units: poses, twists, angles. x forward, y left, left turn positive."""

from __future__ import annotations

import math

import attrs


def wrap_angle(angle_rad: float) -> float:
    """Return the same angle in (-pi, pi]."""
    wrapped = math.remainder(angle_rad, math.tau)
    return math.pi if wrapped == -math.pi else wrapped


@attrs.frozen(slots=True)
class Pose2:
    """A planar pose: position in metres, heading in radians (counter-clockwise positive)."""

    x_m: float = attrs.field(default=0.0, converter=float)
    y_m: float = attrs.field(default=0.0, converter=float)
    yaw_rad: float = attrs.field(default=0.0, converter=float)

    def compose(self, local: Pose2) -> Pose2:
        """Return ``local``, given in this pose's frame, in the frame this pose is given in."""
        c, s = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        return Pose2(
            self.x_m + c * local.x_m - s * local.y_m,
            self.y_m + s * local.x_m + c * local.y_m,
            wrap_angle(self.yaw_rad + local.yaw_rad),
        )

    def relative(self, other: Pose2) -> Pose2:
        """Return ``other`` as seen from this pose: ``self.compose(self.relative(other)) == other``."""
        c, s = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        dx, dy = other.x_m - self.x_m, other.y_m - self.y_m
        return Pose2(c * dx + s * dy, -s * dx + c * dy, wrap_angle(other.yaw_rad - self.yaw_rad))

    def distance_m(self, other: Pose2) -> float:
        """Return the straight-line distance between the two positions."""
        return math.hypot(other.x_m - self.x_m, other.y_m - self.y_m)

    @property
    def is_finite(self) -> bool:
        """Whether no component is NaN or infinite."""
        return math.isfinite(self.x_m) and math.isfinite(self.y_m) and math.isfinite(self.yaw_rad)

    def as_tuple(self) -> tuple[float, float, float]:
        """Return ``(x_m, y_m, yaw_rad)``."""
        return (self.x_m, self.y_m, self.yaw_rad)


@attrs.frozen(slots=True)
class Twist:
    """A planar velocity in the body frame: forward and left in m/s, left turn in rad/s."""

    vx_mps: float = attrs.field(default=0.0, converter=float)
    vy_mps: float = attrs.field(default=0.0, converter=float)
    wz_radps: float = attrs.field(default=0.0, converter=float)

    @property
    def is_zero(self) -> bool:
        """Whether every component is exactly zero."""
        return self.vx_mps == 0.0 and self.vy_mps == 0.0 and self.wz_radps == 0.0

    @property
    def is_finite(self) -> bool:
        """Whether no component is NaN or infinite."""
        return math.isfinite(self.vx_mps) and math.isfinite(self.vy_mps) and math.isfinite(self.wz_radps)

    @property
    def speed_mps(self) -> float:
        """The planar speed."""
        return math.hypot(self.vx_mps, self.vy_mps)

    def scaled(self, factor: float) -> Twist:
        """Return every component times ``factor``."""
        return Twist(self.vx_mps * factor, self.vy_mps * factor, self.wz_radps * factor)

    def as_tuple(self) -> tuple[float, float, float]:
        """Return ``(vx_mps, vy_mps, wz_radps)``."""
        return (self.vx_mps, self.vy_mps, self.wz_radps)


ZERO_TWIST = Twist()


def arc(pose: Pose2, twist: Twist, dt_s: float) -> Pose2:
    """Return the pose after moving with a constant twist for a time: the exact arc."""
    turn = twist.wz_radps * dt_s
    half = turn / 2
    chord = math.sin(half) / half if abs(half) > 1e-9 else 1.0
    heading = pose.yaw_rad + half
    c, s = math.cos(heading) * chord * dt_s, math.sin(heading) * chord * dt_s
    return Pose2(
        pose.x_m + c * twist.vx_mps - s * twist.vy_mps,
        pose.y_m + s * twist.vx_mps + c * twist.vy_mps,
        wrap_angle(pose.yaw_rad + turn),
    )


def arc_twist(start: Pose2, end: Pose2, dt_s: float) -> Twist:
    """Return the constant twist that leads from one pose to another in a time: the inverse of ``arc``."""
    turn = wrap_angle(end.yaw_rad - start.yaw_rad)
    half = turn / 2
    chord = math.sin(half) / half if abs(half) > 1e-9 else 1.0
    heading = start.yaw_rad + half
    c, s = math.cos(heading) / (chord * dt_s), math.sin(heading) / (chord * dt_s)
    dx, dy = end.x_m - start.x_m, end.y_m - start.y_m
    return Twist(c * dx + s * dy, -s * dx + c * dy, turn / dt_s)
