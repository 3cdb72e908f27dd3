"""Episodes of ours in exactly the data sets' forms: what tools made for VLN-CE read, and what tests read back.

The ground truth is that of a follower who turns by 15 degrees and steps by 25 cm, as the data sets' own is.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from navila_sdk.errors import OutputError
from navila_sdk.evaluation.episodes import EvalEpisode, Point
from navila_sdk.evaluation.metrics import STEP_M, STEP_RAD
from navila_sdk.geometry import Pose2, wrap_angle
from navila_sdk.scenes.load import load_scene
from navila_sdk.scenes.mesh.export import write_glb
from navila_sdk.scenes.text import scene_to_json
from navila_vlnce.benchmark import ISAAC_FILE
from navila_vlnce.frames import to_habitat, yaw_to_habitat, yaw_to_isaac

Form = Literal["r2r", "rxr", "vln-ce-isaac"]
Record = dict[str, Any]
STOP, FORWARD, LEFT, RIGHT = range(4)
_RADIUS_M = 3.0
_MOST = 2000


def write_vlnce(
    folder: Path, form: Form, split: str, episodes: Sequence[EvalEpisode], scenes: Literal["json", "glb"] = "json"
) -> Path:
    """Write episodes and the scenes they play in, and return the episodes' file.

    Args:
        folder: Gets what ``VlnceBenchmark`` reads, and ``scenes/``.
        form: Which data set's form.
        split: The split's name; VLN-CE-Isaac has but one.
        episodes: What is written.
        scenes: As scene files, or as meshes where Matterport's lie, light and all: ``scenes/mp3d/SCAN/SCAN.glb``.

    Raises:
        OutputError: The folder can't be written.
        MissingDependencyError: Meshes without the SDK's extra ``mesh``.
    """
    try:
        for scene in sorted({episode.scene for episode in episodes}):
            scan, place = _scan(scene), load_scene(scene)
            path = folder / "scenes" / (f"{scan}.json" if scenes == "json" else f"mp3d/{scan}/{scan}.glb")
            path.parent.mkdir(parents=True, exist_ok=True)
            if scenes == "glb":
                write_glb(place, path, lit=True)
            else:
                path.write_text(scene_to_json(place), encoding="utf-8")
        if form == "vln-ce-isaac":
            return _write(folder / ISAAC_FILE, {"episodes": [_isaac(i, e) for i, e in enumerate(episodes)]})
        name = split if form == "r2r" else f"{split}_guide"
        make: Callable[[int, EvalEpisode], Record] = _r2r if form == "r2r" else _rxr
        records = [make(i, episode) for i, episode in enumerate(episodes)]
        truth = {str(record["episode_id"]): _truth(e) for record, e in zip(records, episodes, strict=True)}
        _write(folder / split / f"{name}_gt.json.gz", truth)
        more: Record = {"instruction_vocab": {"word_list": [], "word2idx_dict": {}}} if form == "r2r" else {}
        return _write(folder / split / f"{name}.json.gz", {"episodes": records, **more})
    except OSError as error:
        raise OutputError(f"can't write {folder}: {error.strerror or error}") from error


def followed(start: Pose2, way: Sequence[Point]) -> tuple[list[Point], list[int]]:
    """Return the places of a follower, the start and one a forward step, and all it did, stop included.

    Args:
        start: Where it begins.
        way: Corners of the way, the last being the goal.
    """
    pose, places, actions = start, [(start.x_m, start.y_m)], list[int]()
    for target in way:
        while math.dist((pose.x_m, pose.y_m), target) >= STEP_M and len(actions) < _MOST:
            off = wrap_angle(math.atan2(target[1] - pose.y_m, target[0] - pose.x_m) - pose.yaw_rad)
            if abs(off) > STEP_RAD / 2 + 1e-9:
                actions.append(LEFT if off > 0 else RIGHT)
                turned = pose.yaw_rad + math.copysign(STEP_RAD, off)
                pose = Pose2(pose.x_m, pose.y_m, wrap_angle(turned))
                continue
            actions.append(FORWARD)
            ahead = (math.cos(pose.yaw_rad), math.sin(pose.yaw_rad))
            pose = Pose2(pose.x_m + STEP_M * ahead[0], pose.y_m + STEP_M * ahead[1], pose.yaw_rad)
            places.append((pose.x_m, pose.y_m))
    return places, [*actions, STOP]


def _scan(scene: str) -> str:
    return Path(scene).stem if scene.endswith(".json") else scene.replace(":", "-")


def _r2r(number: int, episode: EvalEpisode) -> Record:
    scan = _scan(episode.scene)
    return {
        "episode_id": number + 1,
        "trajectory_id": number + 1,
        "scene_id": f"mp3d/{scan}/{scan}.glb",
        "start_position": _point(episode.start.x_m, episode.start.y_m),
        "start_rotation": list(yaw_to_habitat(episode.start.yaw_rad)),
        "info": {"geodesic_distance": episode.geodesic_m},
        "goals": [{"position": _point(*episode.goal_m), "radius": _RADIUS_M}],
        "instruction": {"instruction_text": episode.instruction, "instruction_tokens": []},
        "reference_path": [_point(x, y) for x, y in episode.reference_path_m],
    }


def _rxr(number: int, episode: EvalEpisode) -> Record:
    said: Record = {
        "instruction_id": str(number + 1),
        "instruction_text": episode.instruction,
        "language": "en-US",
        "annotator_id": "0",
        "edit_distance": 0.0,
        "timed_instruction": [],
    }
    named = {"episode_id": str(number + 1), "trajectory_id": str(number + 1)}
    return {**_r2r(number, episode), **named, "info": {"role": "guide"}, "instruction": said}


def _isaac(number: int, episode: EvalEpisode) -> Record:
    places, actions = followed(episode.start, episode.reference_path_m)
    return {
        **_r2r(number, episode),
        "episode_new_id": number + 1,
        "start_position": [episode.start.x_m, episode.start.y_m, 0.0],
        "start_rotation": list(yaw_to_isaac(episode.start.yaw_rad)),
        "goals": [{"position": [*episode.goal_m, 0.0], "radius": _RADIUS_M}],
        "reference_path": [[x, y, 0.0] for x, y in episode.reference_path_m],
        "gt_locations": [[x, y, 0.0] for x, y in places],
        "gt_actions": actions,
        "gt_forward_steps": actions.count(FORWARD),
    }


def _truth(episode: EvalEpisode) -> Record:
    places, actions = followed(episode.start, episode.reference_path_m)
    return {"locations": [_point(x, y) for x, y in places], "actions": actions, "forward_steps": actions.count(FORWARD)}


def _point(x: float, y: float) -> list[float]:
    return list(to_habitat((x, y, 0.0)))


def _write(path: Path, data: Record) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps(data, allow_nan=False).encode(), mtime=0))
    return path
