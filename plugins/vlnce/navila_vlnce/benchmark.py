"""A data set's folder as a benchmark: its splits, its episodes, its scenes. ``[benchmarks.<name>]`` says where it lies.

r2r           DATA/val_unseen/val_unseen.json.gz, val_unseen_gt.json.gz
rxr           DATA/val_unseen/val_unseen_guide.json.gz, ..._guide_gt.json.gz, ..._follower.json.gz
vln-ce-isaac  DATA/vln_ce_isaac_v1.json.gz
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import attrs

from navila_sdk.errors import ConfigError, EvaluationError, UnknownNameError
from navila_sdk.evaluation.episodes import EvalEpisode, Point, unsound
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.geometry import Pose2
from navila_sdk.strict import read_options
from navila_vlnce.episodes import VlnceEpisode
from navila_vlnce.frames import Xyz
from navila_vlnce.read import read_vlnce, with_ground_truth
from navila_vlnce.scenes import Scenes

Name = Literal["r2r", "rxr", "vln-ce-isaac"]
ISAAC_FILE = "vln_ce_isaac_v1.json.gz"
SPLITS: Mapping[Name, tuple[str, ...]] = {
    "r2r": ("val_unseen", "val_seen", "test", "train"),
    "rxr": ("val_unseen", "val_seen", "test_challenge", "train"),
    "vln-ce-isaac": ("val_unseen",),
}
_VERSIONS: Mapping[Name, str] = {"r2r": "v1-3", "rxr": "v0", "vln-ce-isaac": "v1"}
_SUMMARIES: Mapping[Name, str] = {
    "r2r": "Room-to-Room in continuous environments; val_unseen has 1,839 episodes",
    "rxr": "Room-across-Room in continuous environments, guides and followers in several languages",
    "vln-ce-isaac": "NaVILA-Bench's 1,077 episodes of R2R val_unseen in 11 scenes",
}


@attrs.frozen(slots=True, kw_only=True)
class VlnceOptions:
    """What can be set (``[benchmarks.r2r]``, ``[benchmarks.rxr]``, ``[benchmarks.vln-ce-isaac]``).

    Attributes:
        data: Folder of the data set.
        scenes: Folder of the scenes: ``SCAN.json``, else ``SCAN/SCAN.glb`` or ``SCAN.glb``, in it or below the scene's
            own folders.
        up: The meshes' up axis: ``y`` as glTF has it, ``z`` as Matterport's own files do; ``auto`` takes the one that
            the scan's episodes fit into, each scan for itself.
        roles: RxR's: ``guide``, ``follower``.
        languages: RxR's; those of the field's English tables.
    """

    data: str = ""
    scenes: str = ""
    up: Literal["auto", "y", "z"] = "auto"
    roles: tuple[Literal["guide", "follower"], ...] = ("guide",)
    languages: tuple[str, ...] = ("en-US", "en-IN")


@attrs.frozen(slots=True)
class VlnceBenchmark:
    """One of the field's data sets.

    Attributes:
        name: ``r2r``, ``rxr`` or ``vln-ce-isaac``.
        options: Where it lies, and what of it is wanted.
    """

    name: Name
    options: VlnceOptions = attrs.field(factory=VlnceOptions)

    def configured(self, options: Mapping[str, Any]) -> VlnceBenchmark:
        """Return the benchmark as its options say.

        Raises:
            ConfigError: An option doesn't fit.
        """
        return attrs.evolve(self, options=read_options(VlnceOptions, options, f"benchmarks.{self.name}"))

    @property
    def version(self) -> str:
        """The data set's version."""
        return _VERSIONS[self.name]

    @property
    def summary(self) -> str:
        """One line about it."""
        return _SUMMARIES[self.name]

    @property
    def needs(self) -> str:
        """What must be set before it runs; empty once it is."""
        return "" if self.options.data else self._unset()

    @property
    def exports(self) -> dict[str, Callable[[str, Sequence[EpisodeRow]], dict[str, str]]]:
        """The forms that its leaderboard takes results in, by name."""
        from navila_vlnce.submit import r2r_predictions, rxr_predictions

        writers = {"r2r": r2r_predictions, "rxr": rxr_predictions}
        write = writers.get(self.name)
        if write is None:
            return {}
        return {f"{self.name}-leaderboard": lambda split, rows: write(split, self.records(split), rows)}

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits whose files are there; all there can be where no folder is named yet.

        Raises:
            ConfigError: The folder holds none.
        """
        if not self.options.data:
            return SPLITS[self.name]
        found = tuple(split for split in SPLITS[self.name] if any(path.is_file() for path in self._files(split)))
        if not found:
            example = self._files("val_unseen")[0]
            raise ConfigError(
                f"{self._data()} holds no split of {self.name}: expected {example.relative_to(self._data())} or the "
                "like; docs/evaluation.md says where the data comes from"
            )
        return found

    def episodes(self, split: str) -> Sequence[EvalEpisode]:
        """Return a split's episodes.

        Raises:
            UnknownNameError: No such split.
            ConfigError: There is no folder of scenes.
            EvaluationError: A file is damaged, or what is wanted of it is empty.
        """
        records = self.records(split)
        folder = Path(self.options.scenes or self._data() / "scenes")
        if not folder.is_dir():
            raise ConfigError(
                f"there is no folder of scenes {folder}; name the one that holds mp3d/SCAN/SCAN.glb, or SCAN.json: "
                f"--set benchmarks.{self.name}.scenes=DIR"
            )
        scenes = Scenes(folder, self.options.up, records)
        return tuple(self._placed(episode, split, "" if episode.fault else scenes.of(episode)) for episode in records)

    def records(self, split: str) -> tuple[VlnceEpisode, ...]:
        """Return a split's episodes as the files have them; raises as ``episodes``."""
        if split not in self.splits:
            raise UnknownNameError("split", split, self.splits)
        found = tuple(self._read(split))
        if not found:
            wanted = ", ".join(self.options.languages)
            raise EvaluationError(f"the split {split!r} of {self.name} holds no episode in {wanted}")
        return found

    def _read(self, split: str) -> Iterator[VlnceEpisode]:
        for path in self._files(split):
            if not path.is_file():
                continue
            episodes = read_vlnce(path, isaac=self.name == "vln-ce-isaac", faults=True, goalless="test" in split)
            truth = path.with_name(path.name.replace(".json.gz", "_gt.json.gz"))
            if self.name != "vln-ce-isaac" and truth.is_file():
                episodes = with_ground_truth(episodes, truth, faults=True)
            for episode in episodes:
                if not episode.language or episode.language in self.options.languages:
                    # Guides and followers number their episodes alike.
                    role = path.name.removeprefix(f"{split}_").removesuffix(".json.gz")
                    several = self.name == "rxr" and len(self.options.roles) > 1
                    yield attrs.evolve(episode, episode_id=f"{role}-{episode.episode_id}") if several else episode

    def _files(self, split: str) -> list[Path]:
        folder = self._data()
        if self.name == "r2r":
            return [folder / split / f"{split}.json.gz"]
        if self.name == "rxr":
            return [folder / split / f"{split}_{role}.json.gz" for role in self.options.roles]
        return [folder / ISAAC_FILE]

    def _data(self) -> Path:
        if not self.options.data:
            raise ConfigError(self._unset())
        return Path(self.options.data)

    def _unset(self) -> str:
        return (
            f"where is {self.name}? Name its folder: --set benchmarks.{self.name}.data=DIR, and that of its "
            f"scenes: --set benchmarks.{self.name}.scenes=DIR"
        )

    def _placed(self, episode: VlnceEpisode, split: str, scene: str) -> EvalEpisode:
        if episode.fault:
            return unsound(episode.episode_id, split, episode.fault, scene=episode.scene_id)
        way = episode.locations or episode.reference_path
        return EvalEpisode(
            episode_id=episode.episode_id,
            split=split,
            scene=scene,
            instruction=episode.instruction,
            start=Pose2(episode.start[0], episode.start[1], episode.start_yaw_rad),
            goal_m=_flat(episode.goal),
            reference_path_m=tuple(_flat(point) for point in way),
            geodesic_m=episode.geodesic_m,
            climb_m=episode.climb_m,
            goalless=episode.goalless,
        )


def _flat(point: Xyz) -> Point:
    return point[0], point[1]
