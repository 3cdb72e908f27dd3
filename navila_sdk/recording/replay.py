"""Feeds a recording back through planner and executor, and says whether they do the same again.

The robot is replaced by its own recorded states, the clock by the recorded times, and each plan becomes
usable when it did then. Compared is what the SDK decides: plans, actions and commands, bit for bit.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence

import attrs

from navila_sdk.embodiment import Embodiment
from navila_sdk.episode import EpisodeOutcome
from navila_sdk.errors import RecordingError
from navila_sdk.events import ActionEnded, Commanded, EpisodeEnded, Event, Observed, Planned
from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.execution.safety.settings import SafetySettings, ZoneSource
from navila_sdk.geometry import Twist
from navila_sdk.navigator import Navigator
from navila_sdk.navigator_settings import NavigatorSettings
from navila_sdk.observation import Observation, PointCloud, RobotState
from navila_sdk.planner import Planner
from navila_sdk.robot import Robot
from navila_sdk.scenes import Scene

_FROM_OUTSIDE = {"", EpisodeOutcome.CANCELLED, EpisodeOutcome.ESTOPPED, EpisodeOutcome.ROBOT_FAILED}


class ReplayEndError(RecordingError):
    """The recording has nothing further to say: the replayed run went on where the recorded one ended."""


class RecordedRobot:
    """Driver and clock in one: each tick is the next recorded one.

    Args:
        commands: The recorded ticks, in order.
        observed: The recorded observations.
        scene: The recorded scene, if there was one.
    """

    simulated = True

    def __init__(self, commands: Sequence[Commanded], observed: Sequence[Observed], scene: Scene | None) -> None:
        self._commands = commands
        self._observed = list(observed)
        self._tick = 0
        self.scene = scene

    def _now(self) -> Commanded:
        if self._tick >= len(self._commands):
            raise ReplayEndError(f"the recording ends after {len(self._commands)} ticks")
        return self._commands[self._tick]

    def now_s(self) -> float:
        """Return the recorded time of this tick."""
        return self._commands[min(self._tick, len(self._commands) - 1)].time_s

    def sleep_until(self, time_s: float) -> None:
        """Go on to the next recorded tick."""
        del time_s
        self._tick += 1

    def state(self) -> RobotState:
        """Return the recorded state of this tick."""
        return self._now().state

    def observe(self) -> Observation:
        """Return the frame that was handed to the planner at this tick.

        Raises:
            ReplayEndError: None was: the replayed run asks at another moment.
        """
        now_s = self.now_s()
        times = [event.time_s for event in self._observed]
        at = bisect.bisect_left(times, now_s - 1e-9)
        if at == len(times) or times[at] > now_s + 1e-9:
            raise ReplayEndError(f"no frame was handed to the planner at {now_s:.3f} s")
        return self._observed.pop(at).observation

    def cloud(self) -> PointCloud | None:
        """Return None: clouds aren't recorded."""
        return None

    def send(self, twist: Twist) -> None:
        """Take a command; nothing moves."""

    def close(self) -> None:
        """Do nothing."""


@attrs.frozen(slots=True)
class ReplayResult:
    """What a replay found.

    Attributes:
        same: Whether plans, actions and commands are the same.
        difference: The first difference, for people; empty where there is none.
        plans: How many plans were compared.
        actions: How many actions were compared.
        commands: How many commands were compared.
    """

    same: bool
    difference: str
    plans: int
    actions: int
    commands: int


def replay(
    events: Sequence[Event],
    instruction: str,
    planner: Planner,
    body: Embodiment,
    *,
    scene: Scene | None = None,
    executor: ExecutorSettings | None = None,
    safety: SafetySettings | None = None,
    navigator: NavigatorSettings | None = None,
) -> ReplayResult:
    """Run a recorded episode again and compare.

    Args:
        events: The recorded events, in order.
        instruction: What was asked.
        planner: A fresh planner, built as the recorded one was.
        body: The embodiment's record.
        scene: The recorded scene.
        executor: The recorded settings.
        safety: The recorded settings.
        navigator: The recorded settings.

    Raises:
        RecordingError: The recording holds no tick of the fast clock.
    """
    commands = [event for event in events if isinstance(event, Commanded)]
    if not commands:
        raise RecordingError("the recording holds no commands; there is nothing to replay")
    observed = [event for event in events if isinstance(event, Observed)]
    planned = {event.index: event.time_s for event in events if isinstance(event, Planned)}
    driver = RecordedRobot(commands, observed, scene)
    again: list[Event] = []
    # Recorded states carry the scan that was looked at, whatever it was made of.
    safety = attrs.evolve(safety or SafetySettings(), zones_from=ZoneSource.STATE)
    with Robot(body, driver, executor=executor, safety=safety, clock=driver) as robot:
        robot.listen(again.append)
        Navigator(planner, robot, navigator, usable_at=planned).navigate(instruction)
    return compare(events, again)


def _lines(events: Sequence[Event]) -> list[tuple[str, str]]:
    """Return what is compared, in order: the kind of event and its exact content as text."""
    found: list[tuple[str, str]] = []
    for event in events:
        match event:
            case Planned():
                actions = ", ".join(str(action) for action in event.plan.actions) or event.note
                found.append(("plan", f"{event.time_s!r} s: {actions}"))
            case ActionEnded():
                execution = event.execution
                found.append(("action", f"{event.time_s!r} s: {execution.action}: {execution.outcome}"))
            case Commanded():
                asked, sent = event.asked.as_tuple(), event.sent.as_tuple()
                found.append(("command", f"{event.time_s!r} s: asked {asked}, sent {sent}"))
            case EpisodeEnded():
                found.append(("end", event.outcome))
            case _:
                pass
    return found


def compare(recorded: Sequence[Event], again: Sequence[Event]) -> ReplayResult:
    """Return whether two event streams decide the same, and the first difference."""
    before, after = _lines(recorded), _lines(again)
    ending = next((event.outcome for event in recorded if isinstance(event, EpisodeEnded)), "")
    if ending in _FROM_OUTSIDE:
        # What ended the run isn't in the recording; it's compared up to the last tick it holds whole.
        last = max(place for place, line in enumerate(before) if line[0] == "command")
        before = before[: last + 1]
        after = after[: len(before)]
    difference = ""
    for old, new in zip(before, after, strict=False):
        if old != new:
            difference = f"recorded {old[0]} {old[1]}; replayed {new[0]} {new[1]}"
            break
    else:
        if len(before) != len(after):
            difference = f"{len(before)} decisions recorded, {len(after)} replayed"
    kinds = [kind for kind, _ in after]
    return ReplayResult(not difference, difference, kinds.count("plan"), kinds.count("action"), kinds.count("command"))
