"""What makes a scene sound: every problem found, each with its path, so that a file is mended in one go."""

from __future__ import annotations

import math
from collections.abc import Iterator

from navila_sdk.errors import SceneError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.scene import SCENE_FORMAT, Scene, SceneMesh, Shape, Solid

MAX_SIDE_M = 200.0
MIN_SIDE_M = 0.5
MAX_HEIGHT_M = 20.0
MAX_ORIGIN_M = 1_000.0
MAX_FLOOR_M = 1_000.0
MIN_SCALE, MAX_SCALE = 1e-4, 1e4
MAX_SOLIDS = 20_000
MAX_PITCH_RAD = 1.0
MAX_ERRANDS = 1_000
MAX_TEXT = 2_000
MAX_SHOWN = 20


def _finite(*numbers: float) -> bool:
    return all(math.isfinite(number) for number in numbers)


def _solid_problems(path: str, solid: Solid) -> Iterator[str]:
    if not _finite(*solid.center_m, *solid.size_m, solid.yaw_rad, solid.pitch_rad):
        yield f"{path}: every number must be finite"
        return
    if not all(0 < side <= MAX_SIDE_M for side in solid.size_m):
        yield f"{path}.size_m: each extent must be over 0 and at most {MAX_SIDE_M:g} m; got {solid.size_m}"
    if not all(abs(value) <= 2 * MAX_SIDE_M for value in solid.center_m):
        yield f"{path}.center_m: must lie within {2 * MAX_SIDE_M:g} m of the origin; got {solid.center_m}"
    width, depth, height = solid.size_m
    if solid.shape is not Shape.BOX and width != depth:
        yield f"{path}.size_m: a {solid.shape} has one diameter, given twice; got {width!r} and {depth!r}"
    if solid.shape is Shape.SPHERE and height != width:
        yield f"{path}.size_m: a sphere is as high as it is wide; got {solid.size_m}"
    if solid.pitch_rad and not path.startswith("ground"):
        yield f"{path}.pitch_rad: only ground can be tilted; got {solid.pitch_rad!r}"
    elif abs(solid.pitch_rad) > MAX_PITCH_RAD or (solid.pitch_rad and solid.shape is not Shape.BOX):
        yield f"{path}.pitch_rad: boxes can be tilted by at most {MAX_PITCH_RAD:g} rad; got {solid.pitch_rad!r}"
    if not all(0 <= part <= 255 for part in solid.rgb):
        yield f"{path}.rgb: each part must be 0 to 255; got {solid.rgb}"


def _on_floor(scene: Scene, x_m: float, y_m: float) -> bool:
    (x0, y0), (x1, y1) = scene.bounds_m
    return x0 <= x_m <= x1 and y0 <= y_m <= y1


def _pose_problems(path: str, scene: Scene, pose: Pose2) -> Iterator[str]:
    if not pose.is_finite:
        yield f"{path}: every number must be finite"
    elif not _on_floor(scene, pose.x_m, pose.y_m):
        (x0, y0), (x1, y1) = scene.bounds_m
        yield (
            f"{path}: ({pose.x_m:g}, {pose.y_m:g}) is off the floor, which reaches from ({x0:g}, {y0:g}) to "
            f"({x1:g}, {y1:g})"
        )


def _mesh_problems(mesh: SceneMesh) -> Iterator[str]:
    if not mesh.path.strip():
        yield "mesh.path: must not be empty"
    if not math.isfinite(mesh.floor_m) or abs(mesh.floor_m) > MAX_FLOOR_M:
        yield f"mesh.floor_m: must be finite and at most {MAX_FLOOR_M:g} m; got {mesh.floor_m!r}"
    if not MIN_SCALE <= mesh.scale <= MAX_SCALE:
        yield f"mesh.scale: must be {MIN_SCALE:g} to {MAX_SCALE:g}; got {mesh.scale!r}"


def _room_problems(scene: Scene) -> Iterator[str]:
    names = [room.name for room in scene.rooms]
    for i, room in enumerate(scene.rooms):
        sides = (room.x_min_m, room.y_min_m, room.x_max_m, room.y_max_m)
        if not room.name.strip() or names.index(room.name) != i:
            yield f"rooms[{i}].name: each room needs a name of its own; got {room.name!r}"
        if not _finite(*sides) or room.x_min_m >= room.x_max_m or room.y_min_m >= room.y_max_m:
            yield f"rooms[{i}]: the minima must be finite and below the maxima; got {sides}"
        if not all(0 <= part <= 255 for part in (*room.floor_rgb, *room.wall_rgb)):
            yield f"rooms[{i}]: each colour part must be 0 to 255"
    for i, door in enumerate(scene.doorways):
        if not _finite(door.x_m, door.y_m, door.width_m, door.yaw_rad) or door.width_m <= 0:
            yield f"doorways[{i}]: numbers must be finite and the width over 0"
        yield from (f"doorways[{i}].rooms: no room named {name!r}" for name in door.rooms if name not in names)
    for i, thing in enumerate(scene.objects):
        if thing.room and thing.room not in names:
            yield f"objects[{i}].room: no room named {thing.room!r}"


def scene_problems(scene: Scene) -> tuple[str, ...]:
    """Return everything wrong with a scene, ``path: what is wrong`` each; empty if it's sound."""
    problems: list[str] = []
    if scene.format != SCENE_FORMAT:
        problems.append(f"format: this version reads format {SCENE_FORMAT}; got {scene.format}")
    if not scene.name.strip():
        problems.append("name: must not be empty")
    if not all(MIN_SIDE_M <= side <= MAX_SIDE_M for side in scene.size_m):
        problems.append(f"size_m: each side must be {MIN_SIDE_M:g} to {MAX_SIDE_M:g} m; got {scene.size_m}")
        return tuple(problems)
    if not all(abs(value) <= MAX_ORIGIN_M for value in scene.origin_m):
        problems.append(f"origin_m: must lie within {MAX_ORIGIN_M:g} m of (0, 0); got {scene.origin_m}")
        return tuple(problems)
    if scene.mesh is not None:
        problems += _mesh_problems(scene.mesh)
    if not 0 < scene.wall_height_m <= MAX_HEIGHT_M:
        problems.append(f"wall_height_m: must be over 0, at most {MAX_HEIGHT_M:g} m; got {scene.wall_height_m}")
    problems += _pose_problems("start", scene, scene.start)
    count = len(scene.walls) + len(scene.ground) + sum(len(thing.solids) for thing in scene.objects)
    if count > MAX_SOLIDS or len(scene.rooms) > MAX_SOLIDS or len(scene.errands) > MAX_ERRANDS:
        problems.append(
            f"at most {MAX_SOLIDS} solids, {MAX_SOLIDS} rooms and {MAX_ERRANDS} errands; "
            f"got {count}, {len(scene.rooms)} and {len(scene.errands)}"
        )
        return tuple(problems)
    problems += _room_problems(scene)
    for i, wall in enumerate(scene.walls):
        problems += _solid_problems(f"walls[{i}]", wall)
    for i, part in enumerate(scene.ground):
        problems += _solid_problems(f"ground[{i}]", part)
    for i, thing in enumerate(scene.objects):
        if not thing.noun.strip():
            problems.append(f"objects[{i}].noun: must not be empty")
        if not thing.solids:
            problems.append(f"objects[{i}].solids: an object needs at least one solid")
        for j, solid in enumerate(thing.solids):
            problems += _solid_problems(f"objects[{i}].solids[{j}]", solid)
    for i, errand in enumerate(scene.errands):
        problems += _pose_problems(f"errands[{i}].start", scene, errand.start)
        problems += _pose_problems(f"errands[{i}].goal_m", scene, Pose2(*errand.goal_m))
        if not 0 < len(errand.instruction.strip()) <= MAX_TEXT:
            problems.append(f"errands[{i}].instruction: must have 1 to {MAX_TEXT} characters")
    return tuple(problems)


def checked_scene(scene: Scene) -> Scene:
    """Return the scene itself.

    Raises:
        SceneError: It isn't sound; lists every problem with its path.
    """
    problems = scene_problems(scene)
    if problems:
        raise scene_error(f"the scene {scene.name[:80]!r} isn't sound", problems)
    return scene


def scene_error(headline: str, problems: tuple[str, ...]) -> SceneError:
    """Return an error of one headline and a line for each problem, the first twenty of them."""
    shown = [f"  {line}" for line in problems[:MAX_SHOWN]]
    if len(problems) > MAX_SHOWN:
        shown.append(f"  ... and {len(problems) - MAX_SHOWN} more")
    return SceneError("\n".join([f"{headline}:", *shown]))
