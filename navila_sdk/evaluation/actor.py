"""What a Ray actor is made of: a station somewhere in the cluster, as much at home there as on this machine."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class RayStation:
    """Runs episodes for the backend ``ray``.

    Args:
        setup: What ``station.setup_text`` wrote.
        folder: The folder the evaluation was started in; where it exists here too, paths are read from there.
        environment: Variables to set.
        paths: The import path there; what is missing here is added.
        shared: Whether the folder of the results must be the same one here, for recordings.
    """

    def __init__(
        self, setup: str, folder: str, environment: Mapping[str, str], paths: Sequence[str], shared: bool
    ) -> None:
        if os.path.isdir(folder):
            os.chdir(folder)
        os.environ.update(environment)
        sys.path += [path for path in paths if path and path not in sys.path]
        from navila_sdk.evaluation.station import Station

        self._folder, self._shared = Path(json.loads(setup)["folder"]), shared
        self._station = Station(setup)

    def ready(self) -> dict[str, Any]:
        """Return an empty answer, or why nothing can be run here."""
        from navila_sdk.evaluation.made_with import EVAL_NAME

        if self._shared and not (self._folder / EVAL_NAME).exists():
            import socket

            return {
                "unfit": f"recordings need a folder that every node sees, and {socket.gethostname()} doesn't see "
                f"{self._folder}: choose a shared one with --out, or --record none",
                "exit_code": 2,
            }
        return {}

    def run(self, task: str) -> dict[str, Any]:
        """Return the answer to a job's task."""
        return self._station.run(task)
