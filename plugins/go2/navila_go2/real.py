"""The real Go2: the vendor's sport mode walks and is told how fast, or, at joint level, a policy of ours walks.

Imported when someone connects; the vendor's SDK comes with the extra ``real``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from navila_go2.modes import forbids
from navila_sdk.hardware.extra import extra
from navila_sdk.world import WorldRequest

if TYPE_CHECKING:
    from navila_sdk.hardware.driver import RobotDriver


def connect(request: WorldRequest) -> RobotDriver:
    """Return the driver of a real Go2, which stands and is ready to walk.

    Raises:
        MissingDependencyError: The extra ``real`` isn't installed.
        NavilaError: As ``navila_unitree.connecting.connected`` lists.
    """
    with extra("the real Go2", "navila-go2[real]"):
        from navila_unitree.connecting import connected
        from navila_unitree.kind import Kind
        from navila_unitree.strangers import Strangers
    from navila_go2.front_camera import LENS
    from navila_go2.joints import LOW
    from navila_go2.sport import MOVES, SERVICE, SportLegs, SportSenses, make_ready

    return connected(
        request,
        Kind(
            service=SERVICE,
            strangers=lambda: Strangers(SERVICE, MOVES),
            legs=SportLegs,
            senses=SportSenses,
            make_ready=make_ready,
            forbids=forbids,
            cloud_topic="rt/utlidar/cloud_base",
            lens=LENS,
        ),
        LOW,
    )
