"""Doubles and checks for people who test robots, planners and worlds."""

from navila_sdk.testing.fake import FakeDriver, FakePlanner, fake_embodiment

__all__ = ["FakeDriver", "FakePlanner", "fake_embodiment"]
