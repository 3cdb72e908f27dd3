"""What an evaluation is run with, and how a worker process is told of it."""

from __future__ import annotations

import enum
import json
import os
from pathlib import Path
from typing import Any, Self

import attrs

from navila_sdk.config import Config, plain
from navila_sdk.errors import ConfigError
from navila_sdk.evaluation.compat import Compat
from navila_sdk.evaluation.controls import Control
from navila_sdk.evaluation.dtw import DtwMode
from navila_sdk.evaluation.scale import Scale


class Record(enum.StrEnum):
    """Which episodes keep their recording: log, film and report."""

    NONE = "none"
    FAILURES = "failures"
    ALL = "all"


def default_workers() -> int:
    """Return how many processes this machine can keep busy: one for each core we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@attrs.frozen(slots=True, kw_only=True)
class EvalSettings:
    """Settings of an evaluation.

    Attributes:
        config: Robot, world, planner, their options and the seed; its scene doesn't count.
        config_path: The config file, for plugins that lie beside it.
        workers: How many processes run episodes.
        record: Which episodes keep their recording.
        dtw: How nDTW's distance is found.
        compat: Whose definitions of the metrics count.
        control: What the planner is kept from, or replaced by.
        scale: How the workers are run.
        source: What the benchmark was asked for by, so that it's found again: its name, or a file's path.
    """

    config: Config
    config_path: Path | None = None
    workers: int = attrs.field(factory=default_workers)
    record: Record = Record.NONE
    dtw: DtwMode = DtwMode.EXACT
    compat: Compat = Compat.SDK
    control: Control | None = None
    scale: Scale = attrs.field(factory=Scale)
    source: str = ""

    def under(self, control: Control) -> Self:
        """Return the settings of a control: another planner, or the same one kept from something."""
        named = control.planner in ("random", "oracle")
        config = attrs.evolve(self.config, planner=control.planner) if named else self.config
        return attrs.evolve(self, config=config, control=control)

    def to_text(self) -> str:
        """Return the settings as JSON, for a worker.

        Raises:
            ConfigError: An option holds what JSON has no word for.
        """
        values: dict[str, Any] = {
            "config": plain(self.config),
            "config_path": str(self.config_path) if self.config_path else None,
            "workers": self.workers,
            "record": str(self.record),
            "dtw": str(self.dtw),
            "compat": str(self.compat),
            "control": str(self.control) if self.control else None,
        }
        try:
            return json.dumps(values)
        except (TypeError, ValueError) as error:
            raise ConfigError(f"an evaluation's options must be plain numbers, words and lists: {error}") from None

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the settings that ``to_text`` wrote."""
        from navila_sdk.config.structure import converter

        values = json.loads(text)
        path = values["config_path"]
        return cls(
            config=converter().structure(values["config"], Config),
            config_path=Path(path) if path else None,
            workers=values["workers"],
            record=Record(values["record"]),
            dtw=DtwMode(values["dtw"]),
            compat=Compat(values["compat"]),
            control=Control(values["control"]) if values["control"] else None,
        )
