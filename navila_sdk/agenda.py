"""What is still to be done: the committed part of plans taken up, and a revisable tail."""

from __future__ import annotations

import collections

import attrs

from navila_sdk.actions import Action, MoveForward, Stop, TurnLeft, TurnRight
from navila_sdk.geometry import Pose2
from navila_sdk.planner import Plan

_NOTHING_M = 0.05
_NOTHING_RAD = 0.05


@attrs.frozen(slots=True)
class Item:
    """An action waiting its turn, with the odometry pose it's measured from."""

    action: Action
    anchor: Pose2
    committed: bool

    @property
    def goal(self) -> Pose2:
        """Where it ideally ends."""
        return self.anchor.compose(self.action.displacement())


class Agenda:
    """Actions in order. A newer plan replaces the revisable tail, never what is committed."""

    def __init__(self) -> None:
        self._items: collections.deque[Item] = collections.deque()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def committed(self) -> bool:
        """Whether anything waiting may not be replaced."""
        return any(item.committed for item in self._items)

    @property
    def final(self) -> bool:
        """Whether what waits ends with a committed stop, so that no further plan is needed."""
        return bool(self._items) and self._items[-1].committed and self._items[-1].action == Stop()

    def adopt(self, plan: Plan) -> None:
        """Put a plan's chain of actions in place of the revisable tail, behind what is committed."""
        kept = [item for item in self._items if item.committed]
        anchor = kept[-1].goal if kept else plan.pose
        self._items = collections.deque(kept)
        for number, action in enumerate(plan.actions):
            item = Item(action, anchor, number < plan.committed)
            self._items.append(item)
            anchor = item.goal

    def next(self) -> Item | None:
        """Take the next action, or None."""
        return self._items.popleft() if self._items else None

    def continues(self, action: Action, goal: Pose2) -> bool:
        """Whether the next action goes on where ``action`` is heading, so that it needn't be braked for."""
        if not self._items or type(self._items[0].action) is not type(action):
            return False
        onward = goal.relative(self._items[0].goal)
        if isinstance(action, MoveForward):
            return onward.x_m > 0.05 and abs(onward.y_m) < 0.1 and abs(onward.yaw_rad) < 0.1
        if isinstance(action, (TurnLeft, TurnRight)):
            return action.side * onward.yaw_rad > 0.05
        return False

    def adds_to(self, action: Action, goal: Pose2) -> bool:
        """Whether what waits asks for more than ``action``, under way to ``goal``, does anyway."""
        if len(self._items) != 1 or type(self._items[0].action) is not type(action):
            return bool(self._items)
        onward = goal.relative(self._items[0].goal)
        if isinstance(action, MoveForward):
            return onward.x_m > _NOTHING_M or abs(onward.y_m) > _NOTHING_M
        if isinstance(action, (TurnLeft, TurnRight)):
            return action.side * onward.yaw_rad > _NOTHING_RAD
        return True

    def clear(self) -> None:
        """Drop everything."""
        self._items.clear()
