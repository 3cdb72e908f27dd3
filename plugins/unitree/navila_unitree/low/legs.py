"""What makes a robot walk at joint level: a pilot that tells its joints, and a guard that hears of it."""

from __future__ import annotations

from collections.abc import Callable

from navila_sdk.geometry import Twist
from navila_sdk.hardware.bodyguard import Bodyguard
from navila_sdk.hardware.joint_link import JointLink
from navila_sdk.locomotion.drive import JointDrive
from navila_unitree import sdk
from navila_unitree.low.command import TOPIC, CommandWriter
from navila_unitree.low.ground import Ground
from navila_unitree.low.order import MotorOrder


class JointLegs:
    """Walks by the joints; stands still and does nothing until it's begun.

    Args:
        order: The robot's motors.
    """

    def __init__(self, order: MotorOrder) -> None:
        self._order = order
        self._wire: sdk.Writer | None = None
        self.link: JointLink | None = None
        self.ground: Ground | None = None
        self.guard: Bodyguard | None = None

    @property
    def trouble(self) -> str:
        """Why it can't walk any more; "" while it can."""
        if self.link is None:
            return ""
        pilot = self.link.pilot
        if pilot.trouble:
            return f"its joints are damped: {pilot.trouble}"
        return pilot.blocked or (self.guard.fault if self.guard else "")

    def open(self) -> Callable[[JointDrive], object]:
        """Return what tells the joints, and their guard; nothing is told yet."""
        wire = self._wire = sdk.Writer(TOPIC, sdk.message("unitree_go").LowCmd_)
        message = CommandWriter(self._order)
        guard = self.guard
        if guard is None:
            return lambda drive: wire(message.fill(drive))

        def tell(drive: JointDrive) -> None:
            wire(message.fill(drive))
            guard.told()

        return tell

    def write(self, twist: Twist) -> int:
        """Ask the policy for a velocity."""
        if self.link is not None:
            self.link.command(twist)
        return 0

    def halt(self) -> int:
        """Damp the joints: the robot sinks down."""
        if self.link is not None:
            self.link.close()
        return 0

    def close(self) -> None:
        """Damp the joints and leave them; a second call does nothing."""
        self.halt()
        if self.guard is not None:
            self.guard.close()
        if self._wire is not None:
            self._wire.close()
        if self.ground is not None:
            self.ground.close()
