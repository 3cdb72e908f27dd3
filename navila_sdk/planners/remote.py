"""``remote``: a planner on another machine, asked through navila-client.

A lost connection is taken up again within the deadline; a lost server or a forgotten episode is a PlannerError, at
which the navigator ends the episode with the robot standing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import attrs

from navila_sdk.errors import (
    ConfigError,
    InstructionError,
    MissingDependencyError,
    ObservationError,
    PlannerError,
    PlannerTimeoutError,
)
from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.planner import Plan, PlannerRecord, PlannerRequest
from navila_sdk.strict import is_websocket_url, read_options, within

if TYPE_CHECKING:
    from navila_sdk.embodiment import Embodiment
    from navila_sdk.observation import Observation

_USERS = {"InstructionError": InstructionError, "ObservationError": ObservationError}


@attrs.frozen(slots=True, kw_only=True)
class RemoteOptions:
    """What can be set (``[planners.remote]``).

    Attributes:
        url: The server, ``ws://HOST:PORT`` or ``wss://HOST:PORT``.
        token: Bearer token, where it wants one.
        cafile: Certificates (PEM) to trust for ``wss://`` instead of the system's, such as the server's own.
        deadline_s: How long a step may take, reconnecting included.
    """

    url: str = "ws://127.0.0.1:8765"
    token: str | None = None
    cafile: str | None = None
    deadline_s: float = attrs.field(default=10.0, validator=within(0.01, 3600.0))


class RemotePlanner:
    """Asks a server.

    Args:
        options: Where and how.
        robot: What the server is told about the robot.

    Raises:
        ConfigError: The certificates can't be read.
        MissingDependencyError: navila-client isn't installed.
    """

    def __init__(self, options: RemoteOptions, robot: dict[str, Any] | None = None) -> None:
        try:
            self._package: Any = importlib.import_module("navila_client")
        except ImportError as error:
            raise MissingDependencyError(
                "the planner 'remote' needs the package navila-client; install it: pip install navila-client"
            ) from error
        try:
            self._client: Any = self._package.PlannerClient(
                options.url, token=options.token, deadline_s=options.deadline_s, robot=robot, cafile=options.cafile
            )
        except self._package.ClientError as error:
            raise ConfigError("the planner 'remote' can't be made", (f"planners.remote.cafile: {error}",)) from None

    def reset(self, instruction: str) -> None:
        """Start an episode there.

        Raises:
            InstructionError: The planner there can't follow it.
            PlannerError: There is no server, or it refused.
        """
        self._asked(lambda: self._client.reset(instruction))

    def step(self, observation: Observation) -> Plan:
        """Return the plan made there.

        Raises:
            ObservationError: The server refused the frame.
            PlannerTimeoutError: No plan within the deadline.
            PlannerError: The server is lost, forgot the episode, or its planner failed.
        """
        pose = observation.pose
        reply = self._asked(
            lambda: self._client.step(
                observation.rgb, pose=(pose.x_m, pose.y_m, pose.yaw_rad), time_s=observation.time_s
            )
        )
        found = [parse_action(sentence) for sentence in reply.sentences]
        wrong = next((one for one in found if isinstance(one, Unparsed)), None)
        actions = () if wrong else [one for one in found if not isinstance(one, Unparsed)]
        unparsed = wrong or (None if actions else Unparsed(reply.text, reply.reason or "the server sent no action"))
        return Plan(
            actions,
            pose,
            observation.time_s,
            reply.text,
            model_id=reply.model_id,
            committed=min(reply.committed, len(actions)),
            probabilities=reply.probabilities if actions else None,
            unparsed=unparsed,
        )

    def watch(self, observation: Observation) -> None:
        """Let the planner there take in a frame, where it does; errors as ``step``."""
        pose = observation.pose
        place = (pose.x_m, pose.y_m, pose.yaw_rad)
        self._asked(lambda: self._client.watch(observation.rgb, pose=place, time_s=observation.time_s))

    def close(self) -> None:
        """Say goodbye to the server."""
        self._client.close()

    def _asked(self, call: Any) -> Any:  # noqa: ANN401 - the client's own calls
        package = self._package
        try:
            return call()
        except package.DeadlineError as error:
            raise PlannerTimeoutError(str(error)) from None
        except package.RefusedError as error:
            raise _USERS.get(error.kind, PlannerError)(str(error)) from None
        except package.ClientError as error:
            raise PlannerError(str(error)) from None


def profile(body: Embodiment | None) -> dict[str, Any]:
    """Return what a server is told about a robot: its name, and what the planner sees through."""
    if body is None:
        return {}
    camera = body.camera
    return {"embodiment": body.name, "camera": {"z_m": camera.z_m, "hfov_rad": camera.hfov_rad}}


def _make(request: PlannerRequest) -> RemotePlanner:
    options = read_options(RemoteOptions, request.options, "planners.remote")
    if not is_websocket_url(options.url):
        raise ConfigError(
            "the planner 'remote' needs an address",
            (f"planners.remote.url: expected ws://HOST:PORT or wss://HOST:PORT; got {options.url!r:.80}",),
        )
    return RemotePlanner(options, profile(request.embodiment))


record = PlannerRecord(
    name="remote", make=_make, summary="a planner server, navila serve (needs navila-client)", navila_api="1"
)
