"""navila_sdk: one vision-language-action model drives any registered robot or simulator.

Names are imported on first use, so that ``import navila_sdk`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from navila_sdk.actions import Action as Action
    from navila_sdk.actions import MoveBackward as MoveBackward
    from navila_sdk.actions import MoveForward as MoveForward
    from navila_sdk.actions import StepLeft as StepLeft
    from navila_sdk.actions import StepRight as StepRight
    from navila_sdk.actions import Stop as Stop
    from navila_sdk.actions import TurnLeft as TurnLeft
    from navila_sdk.actions import TurnRight as TurnRight
    from navila_sdk.actions import Verb as Verb
    from navila_sdk.actions import Wait as Wait
    from navila_sdk.api import LoadedPlanner as LoadedPlanner
    from navila_sdk.api import connect as connect
    from navila_sdk.api import load_planner as load_planner
    from navila_sdk.api import navigate as navigate
    from navila_sdk.embodiment import Camera as Camera
    from navila_sdk.embodiment import Embodiment as Embodiment
    from navila_sdk.embodiment import Footprint as Footprint
    from navila_sdk.embodiment import HeightMapSpec as HeightMapSpec
    from navila_sdk.embodiment import Lidar as Lidar
    from navila_sdk.embodiment import MotionLimits as MotionLimits
    from navila_sdk.embodiment import VelocityMapping as VelocityMapping
    from navila_sdk.episode import Episode as Episode
    from navila_sdk.episode import EpisodeOutcome as EpisodeOutcome
    from navila_sdk.errors import ActionError as ActionError
    from navila_sdk.errors import CapabilityError as CapabilityError
    from navila_sdk.errors import CheckpointError as CheckpointError
    from navila_sdk.errors import ConfigError as ConfigError
    from navila_sdk.errors import DataError as DataError
    from navila_sdk.errors import EStopLatchedError as EStopLatchedError
    from navila_sdk.errors import EvaluationError as EvaluationError
    from navila_sdk.errors import InstructionError as InstructionError
    from navila_sdk.errors import MissingDependencyError as MissingDependencyError
    from navila_sdk.errors import NavilaError as NavilaError
    from navila_sdk.errors import ObservationError as ObservationError
    from navila_sdk.errors import OutputError as OutputError
    from navila_sdk.errors import PlannerError as PlannerError
    from navila_sdk.errors import PlannerTimeoutError as PlannerTimeoutError
    from navila_sdk.errors import PluginApiError as PluginApiError
    from navila_sdk.errors import PluginConflictError as PluginConflictError
    from navila_sdk.errors import PluginError as PluginError
    from navila_sdk.errors import PluginLoadError as PluginLoadError
    from navila_sdk.errors import PolicyError as PolicyError
    from navila_sdk.errors import RecordingError as RecordingError
    from navila_sdk.errors import RobotBusyError as RobotBusyError
    from navila_sdk.errors import RobotError as RobotError
    from navila_sdk.errors import RobotRefusedError as RobotRefusedError
    from navila_sdk.errors import RobotUnreachableError as RobotUnreachableError
    from navila_sdk.errors import SafetyError as SafetyError
    from navila_sdk.errors import SceneError as SceneError
    from navila_sdk.errors import SensorStaleError as SensorStaleError
    from navila_sdk.errors import UnknownNameError as UnknownNameError
    from navila_sdk.errors import UnparsedPlanError as UnparsedPlanError
    from navila_sdk.errors import UserInputError as UserInputError
    from navila_sdk.execution.outcome import Execution as Execution
    from navila_sdk.execution.outcome import ExecutionMode as ExecutionMode
    from navila_sdk.execution.outcome import ExecutorSettings as ExecutorSettings
    from navila_sdk.execution.outcome import Outcome as Outcome
    from navila_sdk.execution.safety.settings import SafetySettings as SafetySettings
    from navila_sdk.geometry import Pose2 as Pose2
    from navila_sdk.geometry import Twist as Twist
    from navila_sdk.grammar import Unparsed as Unparsed
    from navila_sdk.grammar import register_dialect as register_dialect
    from navila_sdk.language import parse_action as parse_action
    from navila_sdk.language import parse_plan as parse_plan
    from navila_sdk.navigator import Navigator as Navigator
    from navila_sdk.navigator_settings import LatencyCharge as LatencyCharge
    from navila_sdk.navigator_settings import NavigatorMode as NavigatorMode
    from navila_sdk.navigator_settings import NavigatorSettings as NavigatorSettings
    from navila_sdk.observation import Observation as Observation
    from navila_sdk.observation import PointCloud as PointCloud
    from navila_sdk.observation import RangeScan as RangeScan
    from navila_sdk.observation import RobotState as RobotState
    from navila_sdk.planner import BatchPlanner as BatchPlanner
    from navila_sdk.planner import Plan as Plan
    from navila_sdk.planner import Planner as Planner
    from navila_sdk.planner import PlannerRecord as PlannerRecord
    from navila_sdk.planner import PlannerRequest as PlannerRequest
    from navila_sdk.planner import SeeingPlanner as SeeingPlanner
    from navila_sdk.planner import WatchingPlanner as WatchingPlanner
    from navila_sdk.plugins import Plugins as Plugins
    from navila_sdk.plugins import hookimpl as hookimpl
    from navila_sdk.recording import read_log as read_log
    from navila_sdk.robot import Robot as Robot
    from navila_sdk.scenes import Scene as Scene
    from navila_sdk.scenes import load_scene as load_scene
    from navila_sdk.strict import read_options as read_options
    from navila_sdk.world import Driver as Driver
    from navila_sdk.world import SimulatedDriver as SimulatedDriver
    from navila_sdk.world import WorldRecord as WorldRecord
    from navila_sdk.world import WorldRequest as WorldRequest

__version__ = "0.1.0"

_HOMES = {
    "actions": ("Action MoveBackward MoveForward StepLeft StepRight Stop TurnLeft TurnRight Verb Wait"),
    "api": "LoadedPlanner connect load_planner navigate",
    "embodiment": "Camera Embodiment Footprint HeightMapSpec Lidar MotionLimits VelocityMapping",
    "episode": "Episode EpisodeOutcome",
    "errors": (
        "ActionError CapabilityError CheckpointError ConfigError DataError EStopLatchedError EvaluationError "
        "InstructionError MissingDependencyError NavilaError ObservationError OutputError PlannerError "
        "PlannerTimeoutError PluginApiError PluginConflictError PluginError PluginLoadError "
        "PolicyError RecordingError RobotBusyError RobotError RobotRefusedError RobotUnreachableError SafetyError "
        "SceneError SensorStaleError UnknownNameError UnparsedPlanError UserInputError"
    ),
    "execution.outcome": "Execution ExecutionMode ExecutorSettings Outcome",
    "execution.safety.settings": "SafetySettings",
    "geometry": "Pose2 Twist",
    "grammar": "Unparsed register_dialect",
    "language": "parse_action parse_plan",
    "navigator": "Navigator",
    "navigator_settings": "LatencyCharge NavigatorMode NavigatorSettings",
    "observation": "Observation PointCloud RangeScan RobotState",
    "planner": "BatchPlanner Plan Planner PlannerRecord PlannerRequest SeeingPlanner WatchingPlanner",
    "plugins": "Plugins hookimpl",
    "recording": "read_log",
    "robot": "Robot",
    "scenes": "Scene load_scene",
    "strict": "read_options",
    "world": "Driver SimulatedDriver WorldRecord WorldRequest",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - each name has its own type, declared above
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'navila_sdk' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"navila_sdk.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
