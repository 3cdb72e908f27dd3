"""One episode, carried out through the public doors: connect, load a planner, navigate, judge."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import attrs
import numpy as np

from navila_sdk.api import LoadedPlanner, connect, load_planner
from navila_sdk.episode import Episode, EpisodeOutcome
from navila_sdk.errors import (
    CapabilityError,
    CheckpointError,
    ConfigError,
    EvaluationError,
    InstructionError,
    MissingDependencyError,
    NavilaError,
    PluginError,
    PolicyError,
    UnknownNameError,
)
from navila_sdk.evaluation.controls import Control, Forward, Kept
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.evaluation.judge import Judge
from navila_sdk.evaluation.memory import give_back, held_mib
from navila_sdk.evaluation.metrics import EpisodeMetrics, not_repeated
from navila_sdk.evaluation.row import EpisodeRow, Timings, error_row
from navila_sdk.evaluation.settings import EvalSettings, Record
from navila_sdk.events import Listener
from navila_sdk.geometry import Pose2
from navila_sdk.navigator import Navigator
from navila_sdk.plugins import HookListener, Plugins
from navila_sdk.plugins.loading import describe
from navila_sdk.robot import Robot
from navila_sdk.scenes.scene import Scene
from navila_sdk.session import record_episode

RECORDINGS = "episodes"
_SETTLING_M = 0.15  # legs find their feet
_UNFIT = (
    CapabilityError,
    CheckpointError,
    ConfigError,
    MissingDependencyError,
    PluginError,
    PolicyError,
    UnknownNameError,
)


@attrs.frozen(slots=True)
class Unfit:
    """Why no episode can be run like this; ends the evaluation instead of failing each one."""

    error: NavilaError


class _UnfitError(Exception):
    def __init__(self, error: NavilaError) -> None:
        super().__init__(str(error))
        self.error = error


class Attempts:
    """Carries out episodes one after another; what it sees of plugins is loaded once.

    Args:
        settings: What they run with.
        folder: Folder of the results, for recordings.
    """

    def __init__(self, settings: EvalSettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._plugins = Plugins.from_config(settings.config, settings.config_path)
        self._built = False
        # Held until the next one stands, so that a model shared between planners stays loaded.
        self._planner: LoadedPlanner | None = None

    def run(self, episode: EvalEpisode, seed: int) -> EpisodeRow | Unfit:
        """Return the row of an episode, a failed one whatever it raises.

        Where world or planner can't be built, and never could so far, the answer is that nothing can be run.
        """
        give_back()
        began_s = time.perf_counter()
        try:
            scene = episode.place()
            try:
                robot = connect(scene=scene, seed=seed, config=self._settings.config, plugins=self._plugins)
            except _UNFIT as error:
                raise self._unfit(error) from error
            with robot:
                return self._drive(episode, scene, seed, robot, began_s)
        except _UnfitError as unfit:
            return Unfit(unfit.error)
        # An episode is a plugin's planner in a plugin's world: whatever it raises is its row, the others go on.
        except Exception as error:  # noqa: BLE001
            text = str(error) if isinstance(error, NavilaError) else describe(error)
            return error_row(episode, seed, type(error).__name__, text, str(self._settings.compat))

    def _unfit(self, error: NavilaError) -> Exception:
        return error if self._built else _UnfitError(error)

    def _drive(self, episode: EvalEpisode, scene: Scene, seed: int, robot: Robot, began_s: float) -> EpisodeRow:
        config = self._settings.config
        try:
            planner = self._loaded(robot, seed)
            _check_start(episode.start, robot)
        except (*_UNFIT, EvaluationError) as error:
            raise self._unfit(error) from error
        self._built, self._planner = True, planner
        build_s = time.perf_counter() - began_s
        judge = Judge(episode, scene, robot, self._settings.dtw, self._settings.compat)
        with _heard(robot, HookListener(self._plugins), judge):
            navigator = Navigator(planner, robot, config.navigator)
            result, recording = self._navigated(navigator, planner, robot, episode)
            metrics = judge.verdict(result)
        recording = self._kept(recording, metrics)
        return _row(episode, seed, result, metrics, judge, planner.label, recording, build_s, began_s)

    def _loaded(self, robot: Robot, seed: int) -> LoadedPlanner:
        control = self._settings.control
        if control is Control.FORWARD:
            return LoadedPlanner(str(control), {}, seed, Forward())
        planner = load_planner(robot=robot, seed=seed, config=self._settings.config, plugins=self._plugins)
        if control is None or control.planner is not None:
            return planner
        return attrs.evolve(planner, planner=Kept(planner.planner, control))

    def _navigated(
        self, navigator: Navigator, planner: LoadedPlanner, robot: Robot, episode: EvalEpisode
    ) -> tuple[Episode, Path | None]:
        instruction = episode.instruction
        try:
            navigator.prepare(instruction)
        except InstructionError as error:
            # What a planner can't understand it has failed at, like any other wrong answer.
            return Episode(instruction=instruction, outcome=EpisodeOutcome.PLANNER_FAILED, cause=str(error)), None
        if self._settings.record is Record.NONE:
            return navigator.navigate(instruction), None
        folder = self._folder / RECORDINGS / _folder_name(episode.episode_id)
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed in this very episode
        return record_episode(navigator, robot, instruction, folder, planner=planner), folder

    def _kept(self, folder: Path | None, metrics: EpisodeMetrics) -> Path | None:
        if folder is not None and self._settings.record is Record.FAILURES and metrics.sr:
            shutil.rmtree(folder, ignore_errors=True)
            return None
        return folder


@contextlib.contextmanager
def _heard(robot: Robot, *listeners: Listener) -> Generator[None]:
    """Let listeners hear a robot, and not hold them beyond: the judge holds the robot, and both would stay."""
    for listener in listeners:
        robot.listen(listener)
    try:
        yield
    finally:
        for listener in listeners:
            robot.unlisten(listener)


def _check_start(start: Pose2, robot: Robot) -> None:
    """Make sure that the world put the robot where the episode begins."""
    pose = robot.true_pose()
    if pose is not None and pose.distance_m(start) > _SETTLING_M:
        raise EvaluationError(
            f"the world starts the robot at ({pose.x_m:.2f}, {pose.y_m:.2f}), the episode at ({start.x_m:.2f}, "
            f"{start.y_m:.2f}): take the start out of the world's options in the configuration"
        )


def _folder_name(episode_id: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", episode_id)[:80]
    if plain == episode_id and not plain.startswith("."):
        return plain
    return f"{plain.lstrip('.')}-{hashlib.sha256(episode_id.encode()).hexdigest()[:8]}"


def _row(
    episode: EvalEpisode,
    seed: int,
    result: Episode,
    metrics: EpisodeMetrics,
    judge: Judge,
    planner: str,
    recording: Path | None,
    build_s: float,
    began_s: float,
) -> EpisodeRow:
    from navila_sdk import __version__

    path = np.round(np.asarray(judge.path_m, dtype=np.float64), 3)
    kept = not_repeated(path)
    latencies_s = [plan.latency_s for plan in result.plans]
    return EpisodeRow(
        episode_id=episode.episode_id,
        split=episode.split,
        tier=episode.tier,
        scene=episode.scene,
        instruction=episode.instruction,
        seed=seed,
        outcome=str(result.outcome),
        cause=" ".join(result.cause.split())[:600],
        metrics=metrics,
        actions=tuple(str(action) for action in result.actions),
        outcomes=tuple(str(execution.outcome) for execution in result.executions),
        path_m=tuple((float(x), float(y)) for x, y in path[kept]),
        yaws_rad=tuple(float(yaw) for yaw in np.round(np.asarray(judge.yaws_rad)[kept], 4)),
        planner=planner,
        model_id=result.plans[-1].model_id if result.plans else "",
        recording=f"{recording.parent.name}/{recording.name}" if recording else "",
        timings=_timings(latencies_s, build_s, time.perf_counter() - began_s, judge.spent_s),
        navila=__version__,
    )


def _timings(latencies_s: Sequence[float], build_s: float, wall_s: float, judge_s: float) -> Timings:
    middle, slow = np.quantile(latencies_s, (0.5, 0.95)) if latencies_s else (0.0, 0.0)
    return Timings(
        wall_s=wall_s,
        build_s=build_s,
        plan_median_s=float(middle),
        plan_p95_s=float(slow),
        plan_s=float(sum(latencies_s)),
        judge_s=judge_s,
        memory_mib=held_mib(),
    )
