"""The files of R2R_VLNCE, RxR_VLNCE and VLN-CE-Isaac to episodes: every misfit named, nothing guessed.

Forms: VLN-CE (habitat_extensions/task.py) and NaVILA-Bench (vln_ce_isaac_v1.json.gz). Keys beyond those that are needed
are left alone, for the files differ in them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import attrs

from navila_sdk.errors import EvaluationError, NavilaError
from navila_sdk.evaluation.file import read_json
from navila_sdk.instruction import checked_instruction
from navila_vlnce.episodes import VlnceEpisode
from navila_vlnce.faults import faulty, with_own_ids
from navila_vlnce.fields import Json, label, length, numbers, points, table, text
from navila_vlnce.frames import Xyz, from_habitat, yaw_from_habitat, yaw_from_isaac

_SHOWN = 20
_UPRIGHT = 0.1  # sine of half the tilt: a body that leans by more than 11 degrees doesn't stand
_TILTING_HABITAT, _TILTING_ISAAC = (0, 2), (1, 2)


def read_vlnce(
    path: Path, *, isaac: bool = False, faults: bool = False, goalless: bool = False
) -> tuple[VlnceEpisode, ...]:
    """Return the episodes of a file, in its order.

    Args:
        path: A ``.json`` or ``.json.gz``.
        isaac: Whether it's VLN-CE-Isaac's: z up, quaternions w x y z, ground truth inside.
        faults: Whether an unsound record becomes an episode that says so; otherwise the whole file is refused.
        goalless: Whether records may lack goal and reference path, as those of a leaderboard's test split do.

    Raises:
        EvaluationError: It's missing, damaged or of another form; every misfit is listed.
    """
    data = read_json(path)
    records = data.get("episodes")
    if not isinstance(records, list) or not records:
        raise EvaluationError(f"{path}: expected a list of episodes under 'episodes'; found {records!r:.60}")
    found: list[VlnceEpisode] = []
    problems: list[str] = []
    for number, record in enumerate(cast("list[Any]", records)):
        known = cast("Json", record if isinstance(record, dict) else {})
        try:
            if not isinstance(record, dict):
                raise EvaluationError(f"expected an object; found {record!r:.60}")
            secret = goalless and not known.get("goals")
            found.append(_episode(known, _isaac if isaac else _secret if secret else _habitat))
        except NavilaError as error:
            name = f"episode {label(known, 'episode_id') or number}" if known else f"episodes[{number}]"
            problems.append(f"{name}: {error}")
            found.append(faulty(known, number, str(error)))
    times = Counter(episode.episode_id for episode in found)
    problems += [f"the id {key!r} is given {count} times" for key, count in times.items() if count > 1]
    if problems and not faults:
        raise _unfit(path, problems)
    return with_own_ids(found) if problems else tuple(found)


def with_ground_truth(
    episodes: tuple[VlnceEpisode, ...], path: Path, *, faults: bool = False
) -> tuple[VlnceEpisode, ...]:
    """Return the episodes with the ground truth of a ``_gt`` file; those it lacks stay as they are.

    Args:
        episodes: The episodes.
        path: The file.
        faults: Whether unsound ground truth makes its episode say so; otherwise the whole file is refused.

    Raises:
        EvaluationError: The file is missing, damaged or of another form.
    """
    data = read_json(path)
    problems: list[str] = []
    found: list[VlnceEpisode] = []
    for episode in episodes:
        record = data.get(episode.episode_id)
        if record is None:
            found.append(episode)
            continue
        try:
            if not isinstance(record, dict):
                raise EvaluationError(f"expected an object; found {record!r:.60}")
            known = cast("Json", record)
            places = tuple(from_habitat(point) for point in points(known, "locations"))
            found.append(attrs.evolve(episode, locations=places, actions=_actions(known, "actions")))
        except EvaluationError as error:
            problems.append(f"episode {episode.episode_id}: {error}")
            found.append(attrs.evolve(episode, fault=episode.fault or f"its ground truth: {error}"))
    if problems and not faults:
        raise _unfit(path, problems)
    return tuple(found)


def _episode(record: Json, placed: Callable[[Json], Mapping[str, Any]]) -> VlnceEpisode:
    said = table(record, "instruction")
    instruction = text(said, "instruction_text").strip()
    checked_instruction(instruction)
    info = table({"info": record.get("info") or {}}, "info")
    geodesic_m = None
    if "geodesic_distance" in info:
        geodesic_m = length(info, "geodesic_distance", "info.geodesic_distance")
    name = label(record, "episode_id")
    if not name:
        raise EvaluationError("episode_id: there is none")
    return VlnceEpisode(
        episode_id=name,
        trajectory_id=label(record, "trajectory_id"),
        scene_id=text(record, "scene_id"),
        instruction=instruction,
        instruction_id=label(said, "instruction_id"),
        language=label(said, "language"),
        role=label(info, "role"),
        geodesic_m=geodesic_m,
        **placed(record),
    )


def _goal(record: Json) -> tuple[float, ...]:
    goals = record.get("goals")
    if not isinstance(goals, list) or not goals or not isinstance(goals[0], dict):
        raise EvaluationError(f"goals: expected a list with a position; found {goals!r:.60}")
    return numbers(cast("Json", goals[0]), "position", 3, "goals[0].position")


def _habitat(record: Json) -> dict[str, Any]:
    return {
        "start": from_habitat(numbers(record, "start_position", 3)),
        "start_yaw_rad": yaw_from_habitat(_rotation(record, _TILTING_HABITAT)),
        "goal": from_habitat(_goal(record)),
        "reference_path": tuple(from_habitat(point) for point in points(record, "reference_path")),
    }


def _secret(record: Json) -> dict[str, Any]:
    start = from_habitat(numbers(record, "start_position", 3))
    return {
        "start": start,
        "start_yaw_rad": yaw_from_habitat(_rotation(record, _TILTING_HABITAT)),
        "goal": start,
        "reference_path": (start,),
        "goalless": True,
    }


def _isaac(record: Json) -> dict[str, Any]:
    return {
        "start": numbers(record, "start_position", 3),
        "start_yaw_rad": yaw_from_isaac(_rotation(record, _TILTING_ISAAC)),
        "goal": _goal(record),
        "reference_path": tuple(_xyz(point) for point in points(record, "reference_path")),
        "locations": tuple(_xyz(point) for point in points(record, "gt_locations")),
        "actions": _actions(record, "gt_actions"),
    }


def _xyz(point: tuple[float, ...]) -> Xyz:
    x, y, z = point
    return x, y, z


def _rotation(record: Json, tilting: tuple[int, int]) -> tuple[float, ...]:
    """Return a quaternion that turns about the vertical; its parts named by ``tilting`` would tip it over."""
    rotation = numbers(record, "start_rotation", 4)
    if not 0.98 < sum(part * part for part in rotation) < 1.02:
        raise EvaluationError(f"start_rotation: expected a quaternion of length 1; found {list(rotation)}")
    if math.hypot(*(rotation[part] for part in tilting)) > _UPRIGHT:
        raise EvaluationError(f"start_rotation: expected a turn about the vertical; found {list(rotation)}")
    return rotation


def _actions(record: Json, name: str) -> tuple[int, ...]:
    value = record.get(name)
    items = cast("list[object]", value) if isinstance(value, list) else None
    if items is None or not all(isinstance(item, int) and 0 <= item <= 5 for item in items):
        raise EvaluationError(f"{name}: expected a list of actions, 0 to 5; found {value!r:.60}")
    return tuple(cast("list[int]", items))


def _unfit(path: Path, problems: list[str]) -> EvaluationError:
    more = [f"... and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    lines = "\n".join(f"  {line}" for line in [*problems[:_SHOWN], *more])
    return EvaluationError(f"{path} doesn't fit:\n{lines}")
