"""Nano: a small VLA that comes with its weights and needs no torch; the default planner."""

from navila_nano.record import record

__all__ = ["record"]
