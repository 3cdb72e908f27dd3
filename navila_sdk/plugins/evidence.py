"""What loading plugins has shown so far, and the quarantine of those that failed."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

import attrs

from navila_sdk.errors import PluginError
from navila_sdk.plugins.candidate import Candidate


@attrs.define(slots=True)
class Evidence:
    """Facts by candidate; they outweigh what source alone suggests.

    Attributes:
        failed: Why it can't be used.
        seconds: How long its import took; present for whatever was imported.
        kinds: What its record turned out to be.
        apis: The API version it speaks.
        oddities: What is odd about it without being wrong.
    """

    failed: dict[Candidate, PluginError] = attrs.field(factory=dict[Candidate, PluginError])
    seconds: dict[Candidate, float] = attrs.field(factory=dict[Candidate, float])
    kinds: dict[Candidate, str] = attrs.field(factory=dict[Candidate, str])
    apis: dict[Candidate, str] = attrs.field(factory=dict[Candidate, str])
    oddities: dict[Candidate, str] = attrs.field(factory=dict[Candidate, str])

    @contextlib.contextmanager
    def of(self, candidate: Candidate) -> Generator[None, None, None]:
        """Remember the plugin error that comes out of the block, and let it pass."""
        try:
            yield
        except PluginError as error:
            self.failed[candidate] = error
            raise
