"""The oracle at work: finds the goal on ``reset``, then decides afresh on each observation's pose."""

from __future__ import annotations

import math
import time
from functools import cached_property

from navila_sdk.actions import MoveForward, Stop, TurnLeft, TurnRight
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import PlannerError
from navila_sdk.geometry import Pose2
from navila_sdk.instruction import checked_instruction
from navila_sdk.observation import Observation
from navila_sdk.planner import Plan, PlannerRequest
from navila_sdk.planners.oracle_goal import goal_of, unreachable
from navila_sdk.planners.oracle_options import OracleOptions
from navila_sdk.planners.oracle_route import Route
from navila_sdk.scenes.geodesic import DistanceField
from navila_sdk.scenes.occupancy import OccupancyGrid, occupancy
from navila_sdk.scenes.scene import Scene

MODEL_ID = "oracle"
COMFORT_M = 0.25  # beyond the body's radius; nearer to solids a metre counts more
_LOST_M = 1.0  # off the free floor by more than this, the pose can't be right


def checked_request(request: PlannerRequest) -> tuple[Scene, Embodiment]:
    """Return the scene and the embodiment of a request.

    Raises:
        PlannerError: One is missing.
        CapabilityError: The embodiment can't do what the oracle asks of it.
    """
    if request.scene is None:
        raise PlannerError(
            "the oracle needs to know the scene, and none was given. Connect the robot to a simulated world (those "
            "know their scene) and load the planner for that robot, or give a scene; in the real world use "
            "another planner"
        )
    if request.embodiment is None:
        raise PlannerError(
            "the oracle needs to know the robot's footprint, and no embodiment was given. Load the planner for a "
            "connected robot, or name an embodiment"
        )
    for action in (MoveForward.cm(25), TurnLeft.degrees(15), TurnRight.degrees(15), Stop()):
        request.embodiment.check_can(action)
    return request.scene, request.embodiment


class OraclePlanner:
    """Follows the shortest way that keeps a little off the walls, by NaVILA's ten actions.

    It keeps no state between steps but the goal, so it's right wherever the robot has got to.

    Args:
        scene: Where the robot is.
        embodiment: What it is.
        options: See ``OracleOptions``.
    """

    def __init__(self, scene: Scene, embodiment: Embodiment, options: OracleOptions | None = None) -> None:
        self.scene = scene
        self.options = options or OracleOptions()
        self._footprint = embodiment.footprint
        self._origin = Pose2(*self.options.start) if self.options.start else scene.start
        self._route: Route | None = None

    @property
    def goal_m(self) -> tuple[float, float]:
        """Where it is going, in the scene.

        Raises:
            PlannerError: No instruction was given yet.
        """
        return self._on_route().field.goal_m

    def reset(self, instruction: str) -> None:
        """Find the goal that an instruction means, or take the one in the options.

        Raises:
            InstructionError: The instruction isn't text, names nothing known, or could mean several things.
            PlannerError: The goal can't be reached from where the robot connected.
        """
        self._route = None
        text = checked_instruction(instruction)
        goal_m = self.options.goal or goal_of(self.scene, text, self._grid, self._origin)
        field = DistanceField(self._grid, goal_m, COMFORT_M)
        self._checked_reach(field, self._origin)
        self._route = Route(field, self.options.stop_radius_m)

    def step(self, observation: Observation) -> Plan:
        """Return the next action on the way.

        Raises:
            PlannerError: No instruction was given yet, or the goal can't be reached from here.
        """
        began_s = time.perf_counter()
        route = self._on_route()
        pose = self._origin.compose(observation.pose)
        self._checked_reach(route.field, pose)
        action = route.next_action(pose)
        if action is None:
            raise PlannerError(
                f"the oracle is boxed in at ({pose.x_m:.2f}, {pose.y_m:.2f}): no move of 25 to 75 cm leads nearer to "
                f"({self.goal_m[0]:.2f}, {self.goal_m[1]:.2f}), {route.field.distance_m(pose.x_m, pose.y_m):.2f} m away"
            )
        return Plan(
            (action,),
            pose=observation.pose,
            time_s=observation.time_s,
            raw=f"The next action is {action}.",
            model_id=MODEL_ID,
            latency_s=time.perf_counter() - began_s,
        )

    @cached_property
    def _grid(self) -> OccupancyGrid:
        body = self._footprint
        radius_m = body.radius_m if self.options.radius_m is None else self.options.radius_m
        return occupancy(self.scene, radius_m, body.clearance_m, max(body.height_m, body.clearance_m))

    def _on_route(self) -> Route:
        if self._route is None:
            raise PlannerError("the oracle has no instruction yet: call reset(instruction) before step")
        return self._route

    def _checked_reach(self, field: DistanceField, pose: Pose2) -> None:
        if not math.isfinite(field.distance_m(pose.x_m, pose.y_m, snap_m=_LOST_M)):
            raise unreachable("the goal", field.goal_m, pose, self._grid)
