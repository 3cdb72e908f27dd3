"""Pictures from anywhere with what each pixel shows and how far it is: what a tower learns to see from.

Cheaper than walks, and each pixel is a label: a tower trained on them first knows colours, shapes and distances before
any word is asked of it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import DataError, NavilaError
from navila_sdk.geometry import Pose2
from navila_sdk.scenes.scene import Scene
from navila_sdk.training.data.bodies import CameraSpread, varied
from navila_sdk.training.data.guided import body_grid
from navila_sdk.world import Segmenting, WorldRecord, WorldRequest

_FAR_M = 30.0


@attrs.frozen(slots=True, eq=False)
class Pictures:
    """Pictures of one place.

    Attributes:
        frames: uint8 (N, H, W, 3).
        segments: int16 (N, H, W): an index of ``things``, or a code of ``navila_sdk.world``.
        depth_m: float16 (N, H, W), along the optical axis, at most 30.
        things: Names of the scene's things.
    """

    frames: NDArray[np.uint8]
    segments: NDArray[np.int16]
    depth_m: NDArray[np.float16]
    things: tuple[str, ...]


def take_pictures(
    scene: Scene, world: WorldRecord, body: Embodiment, count: int, random: np.random.Generator
) -> Pictures:
    """Return pictures from places where the body fits, looking anywhere.

    Raises:
        DataError: The world can't tell what a pixel shows, or the body fits nowhere.
        NavilaError: The world can't be built.
    """
    grid = body_grid(scene, body)
    free = np.argwhere(grid.free)
    if not len(free):
        raise DataError(f"{body.name} fits nowhere in {scene.name!r}")
    picked = free[random.integers(len(free), size=count)]
    points = [grid.center_m(int(ix), int(iy)) for ix, iy in picked]
    yaws = random.uniform(-np.pi, np.pi, count)
    driver = world.make(WorldRequest(body, scene=attrs.evolve(scene, start=Pose2(*points[0], float(yaws[0])))))
    if not isinstance(driver, Segmenting):
        raise DataError(f"the world {world.name!r} can't tell what a pixel shows; take another world")
    frames: list[NDArray[np.uint8]] = []
    segments: list[NDArray[np.int16]] = []
    depths: list[NDArray[np.float16]] = []
    for point, yaw in zip(points, yaws, strict=True):
        driver.place(Pose2(*point, float(yaw)))
        seen = driver.observe()
        assert seen.depth_m is not None
        frames.append(seen.rgb)
        segments.append(driver.segments().astype(np.int16))
        depths.append(np.minimum(seen.depth_m, _FAR_M).astype(np.float16))
    names = tuple(thing.name for thing in scene.objects)
    return Pictures(np.stack(frames), np.stack(segments), np.stack(depths), names)


def collect_pictures(
    folder: Path,
    scenes: Sequence[Scene],
    world: WorldRecord,
    bodies: Sequence[Embodiment],
    each: int,
    seed: int,
    size_px: tuple[int, int] = (64, 48),
) -> int:
    """Write pictures of some scenes as one shard, whole or not at all, and return how many there are.

    Args:
        folder: The shard.
        scenes: Where.
        world: Takes them.
        bodies: Through whose eyes; each scene draws one.
        each: Pictures of a scene.
        seed: Of everything drawn.
        size_px: Width and height.
    """
    random = np.random.default_rng([seed, 77])
    taken: list[Pictures] = []
    for scene in scenes:
        body = varied(bodies[int(random.integers(len(bodies)))], CameraSpread(), size_px, random)
        try:
            taken.append(take_pictures(scene, world, body, each, random))
        except DataError:
            raise
        except NavilaError:
            continue
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in ("frames", "segments", "depth_m"):
        np.save(part / f"{name}.npy", np.concatenate([getattr(pictures, name) for pictures in taken]))
    counts = [len(pictures.frames) for pictures in taken]
    (part / "places.json").write_text(json.dumps([(n, p.things) for n, p in zip(counts, taken, strict=True)]))
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    return sum(counts)


def read_pictures(root: Path) -> Iterator[Pictures]:
    """Yield the pictures of every place below a folder, mapped from disk.

    Raises:
        DataError: There are none, or a shard is damaged.
    """
    folders = sorted(path.parent for path in root.glob("**/places.json") if not path.parent.name.endswith(".part"))
    if not folders:
        raise DataError(f"{root}: holds no pictures; make some with: navila train data --pictures --out {root}")
    for folder in folders:
        try:
            places = json.loads((folder / "places.json").read_text())
            frames, segments, depth = (
                np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
                for name in ("frames", "segments", "depth_m")
            )
        except (OSError, ValueError) as error:
            raise DataError(f"{folder}: these pictures can't be read: {error}; delete and make them again") from None
        first = 0
        for count, things in places:
            part = slice(first, first + count)
            yield Pictures(frames[part], segments[part], depth[part], tuple(things))
            first += count
