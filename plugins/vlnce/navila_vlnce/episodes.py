"""An episode of VLN-CE's files, in our frame, with everything the files say that a benchmark needs."""

from __future__ import annotations

import attrs

from navila_vlnce.frames import Xyz


@attrs.frozen(slots=True, kw_only=True)
class VlnceEpisode:
    """One episode; points are in our frame (x and y on the floor, z up).

    Attributes:
        episode_id: Unique within its file.
        trajectory_id: Several instructions may tell of one way.
        scene_id: As the file has it, such as ``mp3d/17DRP5sb8fy/17DRP5sb8fy.glb``.
        instruction: What is asked.
        instruction_id: RxR's number of it; empty elsewhere.
        language: Such as ``en-US``; empty where the file doesn't say.
        role: ``guide`` or ``follower``; empty but in RxR.
        start: Where it begins.
        start_yaw_rad: Its heading there.
        goal: Where it leads.
        reference_path: The way it describes.
        locations: The way of the shortest-path follower (ground truth), a point a step; empty without that file.
        actions: What that took: 0 stop, 1 forward, 2 left, 3 right; empty likewise.
        geodesic_m: Length of the shortest way; None where the file doesn't say (RxR).
        goalless: Whether the file keeps the goal to itself, as a leaderboard's test split does; the start stands for
            it.
        fault: Why nobody can run it, where its record is unsound; the rest then says little.
    """

    episode_id: str
    trajectory_id: str
    scene_id: str
    instruction: str
    instruction_id: str = ""
    language: str = ""
    role: str = ""
    start: Xyz
    start_yaw_rad: float
    goal: Xyz
    reference_path: tuple[Xyz, ...]
    locations: tuple[Xyz, ...] = ()
    actions: tuple[int, ...] = ()
    geodesic_m: float | None = None
    goalless: bool = False
    fault: str = ""

    @property
    def scan(self) -> str:
        """The scene's own name: the stem of its file."""
        return self.scene_id.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    @property
    def climb_m(self) -> float:
        """How far apart the lowest and the highest point of its way are, its goal among them."""
        heights = [point[2] for point in (self.start, *self.reference_path, *self.locations, self.goal)]
        return max(heights) - min(heights)
