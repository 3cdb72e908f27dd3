"""The real H1: the vendor's service ``loco`` walks and is told how fast, or, at joint level, a policy of ours walks.

Imported when someone connects; the vendor's SDK comes with the extra ``real``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from navila_sdk.hardware.extra import extra
from navila_sdk.world import WorldRequest

if TYPE_CHECKING:
    from navila_sdk.hardware.driver import RobotDriver

CLOUD_TOPIC = "rt/livox/lidar"
"""Where the Livox driver's ROS topic /livox/lidar is found on DDS; its clouds are in the sensor's frame."""


def connect(request: WorldRequest) -> RobotDriver:
    """Return the driver of a real H1 that stands and walks.

    Raises:
        MissingDependencyError: The extra ``real`` isn't installed.
        NavilaError: As ``navila_unitree.connecting.connected`` lists.
    """
    with extra("the real H1", "navila-h1[real]"):
        from navila_unitree.connecting import connected
        from navila_unitree.kind import Kind
        from navila_unitree.strangers import Strangers
    from navila_h1.joints import LOW
    from navila_h1.loco import MOVES, SERVICE, LocoLegs, make_ready
    from navila_h1.loco_senses import LocoSenses

    return connected(
        request,
        Kind(
            service=SERVICE,
            strangers=lambda: Strangers(SERVICE, MOVES),
            legs=LocoLegs,
            senses=LocoSenses,
            make_ready=make_ready,
            forbids=lambda _: "",
            cloud_topic=CLOUD_TOPIC,
            cloud_mount=request.embodiment.lidar,
        ),
        LOW,
    )
