"""Events as JSON messages and back, bit for bit.

Floats are written so that they read back equal. JSON has no infinity and no NaN: in a scan, null means
"nothing in reach" (inf) and the string "nan" a ray that gave nothing; elsewhere the strings "nan", "inf" and "-inf"
stand for what a broken sensor or planner said. Camera frames are
PNG up to 160 x 120 pixels, JPEG beyond; depth isn't kept.
"""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from navila_sdk.actions import Action
from navila_sdk.errors import RecordingError
from navila_sdk.events import (
    ActionEnded,
    ActionStarted,
    Commanded,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    Planned,
    SafetyEvent,
)
from navila_sdk.execution.outcome import Execution, Outcome
from navila_sdk.geometry import Pose2, Twist
from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.observation import RangeScan, RobotState
from navila_sdk.planner import Plan

Message = dict[str, Any]


def _number_out(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _row_out(values: tuple[float, ...]) -> list[float | str]:
    return [_number_out(value) for value in values]


def _scan_out(scan: RangeScan | None) -> Message | None:
    if scan is None:
        return None
    ranges = [
        value if math.isfinite(value) else ("nan" if math.isnan(value) else None) for value in scan.range_m.tolist()
    ]
    return {"time_s": scan.time_s, "bearing_rad": scan.bearing_rad.tolist(), "range_m": ranges}


def _scan_in(found: Message | None) -> RangeScan | None:
    if found is None:
        return None
    ranges = [math.inf if value is None else float(value) for value in found["range_m"]]
    return RangeScan(np.array(found["bearing_rad"], float), np.array(ranges, float), found["time_s"])


class ScanWriter:
    """Writes a range scan once, however many states carry it, and its bearings only when they change."""

    def __init__(self) -> None:
        self._scan: RangeScan | None = None
        self._bearings: list[float] = []

    def message(self, scan: RangeScan | None) -> Message | None:
        """Return the scan's message; {} says "the one before", a missing bearing list "the one before"."""
        if scan is None:
            return None
        if scan is self._scan:
            return {}
        self._scan = scan
        found = _scan_out(scan)
        assert found is not None
        if found["bearing_rad"] == self._bearings:
            del found["bearing_rad"]
        else:
            self._bearings = found["bearing_rad"]
        return found


class ScanReader:
    """Undoes ``ScanWriter``."""

    def __init__(self) -> None:
        self._scan: RangeScan | None = None

    def scan(self, found: Message | None) -> RangeScan | None:
        """Return the scan of a message."""
        if found is None:
            return None
        if found:
            if "bearing_rad" not in found and self._scan is not None:
                found = {**found, "bearing_rad": self._scan.bearing_rad}
            self._scan = _scan_in(found)
        return self._scan


def picture_message(encoded: bytes, form: str, time_s: float, frame_id: str) -> Message:
    """Return a picture as foxglove.CompressedImage."""
    whole = int(time_s)
    return {
        "timestamp": {"sec": whole, "nsec": int((time_s - whole) * 1e9)},
        "frame_id": frame_id,
        "format": form,
        "data": base64.b64encode(encoded).decode("ascii"),
        "time_s": time_s,
    }


def event_message(event: Event, scans: ScanWriter) -> tuple[str, Message]:
    """Return the topic and message of any event but Observed."""
    match event:
        case EpisodeStarted():
            return "/episode", {"time_s": event.time_s, "event": "started", "instruction": event.instruction}
        case EpisodeEnded():
            return "/episode", {
                "time_s": event.time_s,
                "event": "ended",
                "outcome": event.outcome,
                "cause": event.cause,
            }
        case Planned():
            return "/plan", {"time_s": event.time_s, **_plan_out(event)}
        case ActionStarted():
            return "/action", {
                "time_s": event.time_s,
                "event": "started",
                "action": str(event.action),
                "anchor": event.anchor.as_tuple(),
                "goal": event.goal.as_tuple(),
            }
        case ActionEnded():
            return "/action", {"time_s": event.time_s, "event": "ended", **_execution_out(event.execution)}
        case Commanded():
            state = event.state
            return "/command", {
                "time_s": event.time_s,
                "state": {
                    "time_s": state.time_s,
                    "pose": _row_out(state.pose.as_tuple()),
                    "twist": _row_out(state.twist.as_tuple()),
                    "contact": state.contact,
                    "tilt_rad": _number_out(state.tilt_rad),
                    "scan": scans.message(state.scan),
                },
                "asked": _row_out(event.asked.as_tuple()),
                "sent": event.sent.as_tuple(),
                "reasons": event.reasons,
            }
        case SafetyEvent():
            return "/safety", {
                "time_s": event.time_s,
                "stage": event.stage,
                "cause": event.cause,
                "active": event.active,
            }
        case _:
            raise TypeError(f"no message for {type(event).__name__}")


def message_event(topic: str, found: Message, scans: ScanReader) -> Event | None:
    """Return the event of a message; None for topics that carry none.

    Raises:
        RecordingError: The message doesn't hold what its topic says.
    """
    try:
        return _event(topic, found, scans)
    except (KeyError, TypeError, ValueError) as error:
        raise RecordingError(f"a message on {topic} is malformed: {type(error).__name__}: {error}") from error


def _event(topic: str, found: Message, scans: ScanReader) -> Event | None:
    time_s = found["time_s"]
    match topic, found.get("event"):
        case "/episode", "started":
            return EpisodeStarted(time_s, found["instruction"])
        case "/episode", "ended":
            return EpisodeEnded(time_s, found["outcome"], found["cause"])
        case "/plan", _:
            return Planned(time_s, _plan_in(found), found["index"], found["used"], found["note"])
        case "/action", "started":
            return ActionStarted(time_s, _action(found["action"]), Pose2(*found["anchor"]), Pose2(*found["goal"]))
        case "/action", "ended":
            return ActionEnded(time_s, _execution_in(found))
        case "/command", _:
            state = found["state"]
            return Commanded(
                time_s,
                RobotState(
                    state["time_s"],
                    Pose2(*state["pose"]),
                    Twist(*state["twist"]),
                    state["contact"],
                    float(state["tilt_rad"]),
                    scans.scan(state["scan"]),
                ),
                Twist(*found["asked"]),
                Twist(*found["sent"]),
                tuple(found["reasons"]),
            )
        case "/safety", _:
            return SafetyEvent(time_s, found["stage"], found["cause"], found["active"])
        case _:
            return None


def _action(sentence: str) -> Action:
    action = parse_action(sentence)
    if isinstance(action, Unparsed):
        raise ValueError(f"{sentence!r} is no action: {action.reason}")
    return action


def _plan_out(event: Planned) -> Message:
    plan = event.plan
    return {
        "index": event.index,
        "used": event.used,
        "note": event.note,
        "actions": [str(action) for action in plan.actions],
        "pose": plan.pose.as_tuple(),
        "observed_s": plan.time_s,
        "raw": plan.raw,
        "model_id": plan.model_id,
        "committed": plan.committed,
        "probabilities": plan.probabilities,
        "latency_s": plan.latency_s,
        "unparsed": None if plan.unparsed is None else [plan.unparsed.reason, *plan.unparsed.span],
    }


def _plan_in(found: Message) -> Plan:
    unparsed = found["unparsed"]
    probabilities = found["probabilities"]
    return Plan(
        tuple(_action(sentence) for sentence in found["actions"]),
        Pose2(*found["pose"]),
        found["observed_s"],
        found["raw"],
        found["model_id"],
        found["committed"],
        None if probabilities is None else tuple(probabilities),
        found["latency_s"],
        None if unparsed is None else Unparsed(found["raw"], unparsed[0], (unparsed[1], unparsed[2])),
    )


def _execution_out(execution: Execution) -> Message:
    return {
        "action": str(execution.action),
        "outcome": str(execution.outcome),
        "anchor": execution.anchor.as_tuple(),
        "goal": execution.goal.as_tuple(),
        "final_pose": _row_out(execution.final_pose.as_tuple()),
        "start_s": execution.start_s,
        "end_s": execution.end_s,
        "cause": execution.cause,
    }


def _execution_in(found: Message) -> Execution:
    return Execution(
        _action(found["action"]),
        Outcome(found["outcome"]),
        Pose2(*found["anchor"]),
        Pose2(*found["goal"]),
        Pose2(*found["final_pose"]),
        found["start_s"],
        found["end_s"],
        found["cause"],
    )
