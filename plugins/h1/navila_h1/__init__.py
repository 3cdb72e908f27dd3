"""Unitree H1 for navila_sdk: the record only; nothing heavy is imported."""

from navila_h1.record import embodiment

__all__ = ["embodiment"]
