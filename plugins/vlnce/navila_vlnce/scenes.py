"""Where an episode's scene lies, and how a mesh of it is to be taken: its up axis, and which of its storeys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from navila_sdk.errors import NavilaError
from navila_sdk.scenes.mesh.gltf import Bounds, gltf_facts
from navila_vlnce.episodes import VlnceEpisode
from navila_vlnce.frames import Xyz, from_habitat

_SLACK_M = 0.5


class Scenes:
    """The scenes of a data set's episodes.

    Args:
        folder: Where they lie.
        up: The meshes' up axis, or ``auto``.
        episodes: All of them; those of a scan together say which axis is up.
    """

    def __init__(self, folder: Path, up: Literal["auto", "y", "z"], episodes: Sequence[VlnceEpisode]) -> None:
        self._folder, self._up = folder, up
        self._points: dict[str, list[Xyz]] = defaultdict(list)
        for episode in episodes:
            if episode.fault:
                continue
            self._points[episode.scan] += [episode.start, episode.goal, *episode.reference_path]
        self._found: dict[str, tuple[str, str]] = {}
        # What is missing is looked for as what the others are.
        self._plain = any(folder.glob("*.json"))

    def of(self, episode: VlnceEpisode) -> str:
        """Return an episode's scene as ``load_scene`` takes it; where there is none, the file that is missing."""
        if episode.scene_id not in self._found:
            path = self._path(episode)
            self._found[episode.scene_id] = str(path), self._axis(path, episode.scan) if _is_mesh(path) else ""
        path, up = self._found[episode.scene_id]
        # The start's height picks the storey; a tenth of a metre, so that a storey has one name.
        return f"{path}#up={up},floor={round(episode.start[2], 1) + 0.0:g}" if up else path

    def _path(self, episode: VlnceEpisode) -> Path:
        inside, scan = (self._folder / episode.scene_id).parent, episode.scan
        plain = self._folder / f"{scan}.json"
        tried = (
            inside / f"{scan}.json",
            plain,
            inside / f"{scan}.glb",
            self._folder / scan / f"{scan}.glb",
            self._folder / f"{scan}.glb",
        )
        missing = plain if self._plain else inside / f"{scan}.glb"
        return next((path for path in tried if _is_file(path)), missing)

    def _axis(self, path: Path, scan: str) -> str:
        if self._up != "auto":
            return self._up
        try:
            bounds = gltf_facts(path).bounds
        except NavilaError:
            return "y"  # whoever loads it says what is wrong with it
        if bounds is None or self._fits(scan, _standing(bounds)) or not self._fits(scan, bounds):
            return "y"
        return "z"

    def _fits(self, scan: str, bounds: Bounds) -> bool:
        low, high = bounds
        return all(
            low[axis] - _SLACK_M <= point[axis] <= high[axis] + _SLACK_M
            for point in self._points[scan]
            for axis in range(3)
        )


def _is_mesh(path: Path) -> bool:
    return path.suffix == ".glb" and _is_file(path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long: whoever loads the scene says so
        return False


def _standing(bounds: Bounds) -> Bounds:
    """Return the bounds of a y-up file in our frame."""
    (x0, y0, z0), (x1, y1, z1) = (from_habitat(corner) for corner in bounds)
    return (x0, min(y0, y1), z0), (x1, max(y0, y1), z1)
