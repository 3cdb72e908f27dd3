"""The real T1 at velocity level: the vendor's motion service walks.

Imported when someone connects; the vendor's SDK comes with the extra ``real``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from navila_sdk.hardware.extra import extra
from navila_sdk.world import WorldRequest

if TYPE_CHECKING:
    from navila_booster.connecting import T1Driver


def connect(request: WorldRequest) -> T1Driver:
    """Return the driver of a real T1 that stands and walks.

    Raises:
        MissingDependencyError: The extra ``real`` isn't installed.
        NavilaError: As ``navila_booster.connecting.connect`` lists.
    """
    with extra("the real T1", "navila-t1[real]"):
        from navila_booster.connecting import connect as connected
    return connected(request)
