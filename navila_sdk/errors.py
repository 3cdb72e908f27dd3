"""The exception tree: every error a user can meet, and which side it puts the fault on.

    NavilaError                      exit 1: the run failed
    ├── UserInputError               exit 2: the caller gave something that can't be right
    │   ├── ActionError              an amount that is no motion (NaN, negative, absurd)
    │   ├── ObservationError         a frame of the wrong dtype, shape or size
    │   ├── InstructionError         an instruction that is empty, too long, binary or not understood
    │   ├── ConfigError              a config file, --set or option that doesn't fit
    │   ├── UnknownNameError         no plugin, scene or dialect of that name
    │   ├── SceneError               a scene that can't be read or built
    │   ├── PolicyError              a locomotion policy, its card or its body that don't fit each other
    │   ├── CheckpointError          a model checkpoint that is missing, damaged or of another kind
    │   ├── DataError                training data that can't be read or don't fit
    │   ├── EvaluationError          a benchmark or a folder of results that can't be used
    │   ├── RecordingError           a file that is no episode log, or can't be read
    │   └── CapabilityError          an embodiment asked for what it can't do
    ├── OutputError                  the output folder can't be written
    ├── PluginError                  a plugin that can't be used, and the way round it
    │   ├── PluginLoadError          its import or record failed
    │   ├── PluginApiError           it speaks another plugin API
    │   └── PluginConflictError      two distributions claim one name
    ├── MissingDependencyError       an optional package isn't installed
    ├── PlannerError                 a planner raised, hung or returned garbage
    │   ├── PlannerTimeoutError      no plan within the deadline
    │   └── UnparsedPlanError        the model's text is no action
    ├── RobotError                   a real robot doesn't do what is needed of it
    │   ├── RobotUnreachableError    nobody answers, or the link broke
    │   ├── RobotRefusedError        it answered with an error, or is in a state that forbids motion
    │   └── RobotBusyError           another program drives it
    └── SafetyError                  the safety chain refused
        ├── SensorStaleError         a sensor has stopped
        └── EStopLatchedError        the emergency stop is latched; reset it by hand

A message says what, the value found, what was expected, and how to mend it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar


class NavilaError(Exception):
    """Base of all errors raised on purpose by navila_sdk."""

    exit_code: ClassVar[int] = 1


class UserInputError(NavilaError):
    """The caller's input can't be right; the command line exits with 2."""

    exit_code: ClassVar[int] = 2


class ActionError(UserInputError, ValueError):
    """An action's amount isn't a finite, positive, sane quantity."""


class ObservationError(UserInputError, ValueError):
    """A camera frame or pose doesn't have the documented dtype, shape or range."""


class InstructionError(UserInputError, ValueError):
    """An instruction is empty, too long, not text, or can't be understood by the planner asked."""


class ConfigError(UserInputError, ValueError):
    """A configuration file or override doesn't fit; holds every problem found, each with its path.

    Attributes:
        problems: One line per problem, ``path: what is wrong``.
    """

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__("\n".join([message, *(f"  {line}" for line in self.problems)]))


class UnknownNameError(UserInputError, LookupError):
    """Nothing is registered under that name; names what is, and the nearest guess."""

    def __init__(self, kind: str, name: str, known: Iterable[str], remedy: str = "") -> None:
        self.kind = kind
        self.name = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        close = difflib.get_close_matches(name, self.known, n=1, cutoff=0.5)
        guess = f" Did you mean {close[0]!r}?" if close else ""
        listing = ", ".join(self.known) or "none"
        shown = name if len(name) <= 80 else name[:77] + "..."
        super().__init__(f"no {kind} named {shown!r}.{guess} Known: {listing}." + (f" {remedy}" if remedy else ""))


class SceneError(UserInputError, ValueError):
    """A scene can't be read, is malformed, or can't be built."""


class PolicyError(UserInputError, ValueError):
    """A locomotion policy can't be used: its file, its card, or the body it's asked to drive doesn't fit."""


class CheckpointError(UserInputError, ValueError):
    """A model checkpoint can't be used: a file, a tensor, a shape or a setting is missing or doesn't fit."""


class DataError(UserInputError, ValueError):
    """Training data can't be used: a file, a record or a frame is missing, damaged or doesn't fit."""


class EvaluationError(UserInputError, ValueError):
    """A benchmark, an episode of one or a folder of results can't be used: unreadable, unsound or of another run."""


class RecordingError(UserInputError, ValueError):
    """A file isn't an episode log, is of another version, or can't be read."""


class CapabilityError(UserInputError):
    """An embodiment was asked for something it declares it can't do."""


class OutputError(NavilaError, OSError):
    """An output folder or file can't be written (missing, read-only, full)."""


class PluginError(NavilaError):
    """A plugin can't be used; the message names it, its distribution and the way round it."""


class PluginLoadError(PluginError):
    """Importing or building a plugin failed."""


class PluginApiError(PluginError):
    """A plugin speaks another version of the plugin API."""


class PluginConflictError(PluginError):
    """Two distributions register the same name for the same kind."""


class MissingDependencyError(NavilaError, ImportError):
    """An optional package is needed and isn't installed; the message gives the install command."""


class PlannerError(NavilaError):
    """A planner raised, or returned something that is no Plan."""


class PlannerTimeoutError(PlannerError, TimeoutError):
    """A planner didn't answer within its deadline."""


class UnparsedPlanError(PlannerError):
    """A plan's text didn't parse, so it holds no action to execute."""


class RobotError(NavilaError):
    """A real robot, or what speaks for it, doesn't do what is needed; the robot was told to stop."""


class RobotUnreachableError(RobotError, ConnectionError):
    """Nobody answers at the robot's address, or a robot that answered fell silent."""


class RobotRefusedError(RobotError):
    """The robot answered with an error code, or stands in a mode that forbids motion.

    Attributes:
        code: The vendor's error code; 0 where there was none.
    """

    def __init__(self, message: str, code: int = 0) -> None:
        self.code = code
        super().__init__(message)


class RobotBusyError(RobotError):
    """Another program drives the robot; two at once would fight over it."""


class SafetyError(NavilaError):
    """The safety chain refused a request."""


class SensorStaleError(SafetyError):
    """A sensor gives nothing new any more, or its times are on another clock."""


class EStopLatchedError(SafetyError):
    """The emergency stop is latched; call ``reset_estop()`` once the robot is safe."""
