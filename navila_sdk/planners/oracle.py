"""The oracle: a privileged planner that knows the scene and always takes the shortest comfortable way.

It answers in NaVILA's ten sentences, so everything behind the planner can be tried, tested and measured without
a model.
"""

from __future__ import annotations

from navila_sdk.planner import Planner, PlannerRecord, PlannerRequest


def make(request: PlannerRequest) -> Planner:
    """Return an oracle for the request's scene and embodiment.

    Raises:
        PlannerError: The request has no scene or no embodiment.
        CapabilityError: The embodiment can't move forward, turn both ways and stop.
        ConfigError: An option doesn't fit.
    """
    from navila_sdk.planners.oracle_options import PATH, OracleOptions
    from navila_sdk.planners.oracle_planner import OraclePlanner, checked_request
    from navila_sdk.strict import read_options

    scene, embodiment = checked_request(request)
    return OraclePlanner(scene, embodiment, read_options(OracleOptions, request.options, PATH))


record = PlannerRecord(
    name="oracle",
    make=make,
    summary="knows the scene; goes to the errand's goal, or to what the instruction names last",
    navila_api="1",
)
