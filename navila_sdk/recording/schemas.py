"""JSON Schemas of the log's topics, stored in every file so that other tools can show it."""

from __future__ import annotations

from typing import Any

FORMAT = "navila-episode"
VERSION = "1"

_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_TRIPLE = {"type": "array", "items": _NUMBER, "minItems": 3, "maxItems": 3}


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON Schema
    return {"type": "object", "properties": {"time_s": _NUMBER, **properties}}


_IMAGE = _object(
    timestamp={"type": "object", "title": "time", "properties": {"sec": _NUMBER, "nsec": _NUMBER}},
    frame_id=_TEXT,
    data={"type": "string", "contentEncoding": "base64"},
    format=_TEXT,
)
# topic: (schema name, schema). Poses are x_m, y_m, yaw_rad; twists vx_mps, vy_mps, wz_radps.
TOPICS: dict[str, tuple[str, dict[str, Any]]] = {
    "/episode": ("navila.Episode", _object(event=_TEXT, instruction=_TEXT, outcome=_TEXT, cause=_TEXT)),
    "/camera": ("foxglove.CompressedImage", _IMAGE),
    "/film": ("foxglove.CompressedImage", _IMAGE),
    "/plan": (
        "navila.Plan",
        _object(
            index=_NUMBER,
            used=_FLAG,
            note=_TEXT,
            actions={"type": "array", "items": _TEXT},
            pose=_TRIPLE,
            raw=_TEXT,
            latency_s=_NUMBER,
        ),
    ),
    "/action": (
        "navila.Action",
        _object(event=_TEXT, action=_TEXT, anchor=_TRIPLE, goal=_TRIPLE, final_pose=_TRIPLE, outcome=_TEXT),
    ),
    "/command": (
        "navila.Command",
        _object(
            state=_object(pose=_TRIPLE, twist=_TRIPLE, contact=_FLAG, tilt_rad=_NUMBER),
            asked=_TRIPLE,
            sent=_TRIPLE,
            reasons={"type": "array", "items": _TEXT},
        ),
    ),
    "/safety": ("navila.Safety", _object(stage=_TEXT, cause=_TEXT, active=_FLAG)),
}
