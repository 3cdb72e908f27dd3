"""Requests and answers, read and written once, strictly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard, cast

import numpy as np
from navila_client import WireError
from numpy.typing import NDArray

from navila_sdk.errors import ObservationError, PlannerError
from navila_sdk.geometry import Pose2
from navila_sdk.observation import Observation, checked_rgb
from navila_sdk.planner import Plan, Planner, camera_gaps_of

_MOST_TEXT = 2000


def number_of(request: Mapping[str, Any]) -> int:
    """Return a request's number.

    Raises:
        WireError: It has none.
    """
    number: object = request.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise WireError(f"a request carries a whole number under 'id'; got {number!r:.40}")
    return number


def deadline_of(request: Mapping[str, Any], most_s: float) -> float:
    """Return how long a request may take: what it asks for, at most ``most_s``."""
    asked: object = request.get("deadline_s")
    return min(float(asked), most_s) if _finite(asked) and asked > 0 else most_s


def observation_of(request: Mapping[str, Any], most_px: int) -> Observation:
    """Return what a step carries.

    Raises:
        ObservationError: The frame, the pose or the time is missing or can't be.
    """
    rgb: object = request.get("rgb")
    if not isinstance(rgb, np.ndarray):
        raise ObservationError("a step carries a frame under 'rgb', uint8 (H, W, 3)")
    frame = checked_rgb(cast("NDArray[np.uint8]", rgb))
    if frame.shape[0] * frame.shape[1] > most_px:
        raise ObservationError(f"this frame has more than the {most_px} pixels taken here")
    pose: object = request.get("pose")
    parts = cast("list[object]", pose) if isinstance(pose, list) else []
    numbers = [float(part) for part in parts if _finite(part)]
    if len(parts) != 3 or len(numbers) != 3:
        raise ObservationError(f"a step carries a pose [x_m, y_m, yaw_rad]; got {pose!r:.80}")
    time_s: object = request.get("time_s")
    if not _finite(time_s):
        raise ObservationError(f"a step carries its time under 'time_s'; got {time_s!r:.40}")
    return Observation(frame, Pose2(*numbers), float(time_s))


def camera_warnings(planner: Planner, robot: Mapping[str, Any]) -> list[str]:
    """Return what a robot should be told about its camera; nothing where it said nothing of one that can be."""
    camera: object = robot.get("camera")
    if not isinstance(camera, dict):
        return []
    said = cast("dict[str, object]", camera)
    height_m, hfov_rad = said.get("z_m"), said.get("hfov_rad")
    if not _finite(height_m) or not _finite(hfov_rad):
        return []
    gaps = camera_gaps_of(planner, float(height_m), float(hfov_rad))
    if not gaps:
        return []
    name = str(robot.get("embodiment", "robot"))[:40]
    return [f"the camera of {name!r} isn't the one the planner was trained with: {'; '.join(gaps)}"]


def plan_message(number: int, plan: object, timing: Mapping[str, float]) -> dict[str, Any]:
    """Return the answer to a step.

    Raises:
        PlannerError: The planner returned something else than a plan.
    """
    if not isinstance(plan, Plan):
        raise PlannerError(f"the planner returned a {type(plan).__name__}, not a Plan")
    return {
        "type": "plan",
        "id": number,
        "actions": [str(action) for action in plan.actions],
        "text": plan.raw,
        "reason": plan.unparsed.reason if plan.unparsed is not None else "",
        "probabilities": None if plan.probabilities is None else list(plan.probabilities),
        "committed": plan.committed,
        "model_id": plan.model_id,
        "server_timing": dict(timing),
    }


def error_message(number: int | None, error: Exception) -> dict[str, Any]:
    """Return the answer to what can't be done."""
    return {"type": "error", "id": number, "error": type(error).__name__, "message": str(error)[:_MOST_TEXT]}


def _finite(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
