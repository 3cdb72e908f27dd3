"""Unitree Go2 for navila_sdk: the record only; nothing heavy is imported."""

from navila_go2.record import embodiment

__all__ = ["embodiment"]
