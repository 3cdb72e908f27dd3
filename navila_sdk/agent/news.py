"""What of an episode's events an operator hears, as messages."""

from __future__ import annotations

from typing import Any

from navila_sdk.events import ActionEnded, ActionStarted, EpisodeStarted, Event, Planned, SafetyEvent


def news_of(event: Event) -> dict[str, Any] | None:
    """Return an event as a message; None for those that nobody waits for."""
    told: dict[str, Any]
    if isinstance(event, EpisodeStarted):
        told = {"kind": "started", "text": event.instruction}
    elif isinstance(event, Planned):
        told = {"kind": "plan", "text": event.plan.raw, "used": event.used}
    elif isinstance(event, ActionStarted):
        told = {"kind": "action", "text": str(event.action)}
    elif isinstance(event, ActionEnded):
        execution = event.execution
        told = {"kind": "done", "text": str(execution.action), "outcome": str(execution.outcome)}
    elif isinstance(event, SafetyEvent):
        told = {"kind": "safety", "text": event.cause, "stage": event.stage, "active": event.active}
    else:
        return None
    return {"type": "event", "time_s": event.time_s, **told}
