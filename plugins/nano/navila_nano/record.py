"""What listings read; the model comes in when it's loaded."""

from __future__ import annotations

from navila_sdk.planner import Planner, PlannerRecord, PlannerRequest


def _make(request: PlannerRequest) -> Planner:
    from navila_nano.planner import make

    return make(request)


record = PlannerRecord(
    name="nano",
    make=_make,
    summary="A small VLA trained in generated apartments; comes with its weights",
    navila_api="1",
)
