"""Where a worker does its work, whatever brings it there: text in, a row as plain values out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs

from navila_sdk.evaluation.attempt import Attempts, Unfit
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.evaluation.settings import EvalSettings
from navila_sdk.strict import shared_converter


class Station:
    """Runs episodes one after another; what it loads of plugins and models stays loaded.

    Args:
        setup: What ``setup_text`` wrote.
    """

    def __init__(self, setup: str) -> None:
        values = json.loads(setup)
        self._attempts = Attempts(EvalSettings.from_text(values["settings"]), Path(values["folder"]))

    def run(self, task: str) -> dict[str, Any]:
        """Return the answer to a job's task: ``{"row": ...}``, or ``{"unfit": why, "exit_code": code}``."""
        values = json.loads(task)
        episode = shared_converter().structure(values["episode"], EvalEpisode)
        found = self._attempts.run(episode, values["seed"])
        if isinstance(found, Unfit):
            return {"unfit": str(found.error), "exit_code": found.error.exit_code}
        return {"row": attrs.asdict(found)}


def setup_text(settings: EvalSettings, folder: Path) -> str:
    """Return what a station is set up with, as one line.

    Args:
        settings: What episodes run with.
        folder: Folder of the results, for recordings.

    Raises:
        ConfigError: An option holds what JSON has no word for.
    """
    return json.dumps({"settings": settings.to_text(), "folder": str(folder)}) + "\n"
