"""Episode log, run.json, replay and report. Names are imported on first use."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from navila_sdk.recording.folders import new_run_folder as new_run_folder
    from navila_sdk.recording.reader import EpisodeLog as EpisodeLog
    from navila_sdk.recording.reader import read_log as read_log
    from navila_sdk.recording.recorder import EpisodeRecorder as EpisodeRecorder
    from navila_sdk.recording.report import build_report as build_report
    from navila_sdk.recording.runfile import read_run_json as read_run_json
    from navila_sdk.recording.runfile import write_run_json as write_run_json

_HOME_OF = {
    "EpisodeLog": "reader",
    "EpisodeRecorder": "recorder",
    "build_report": "report",
    "new_run_folder": "folders",
    "read_log": "reader",
    "read_run_json": "runfile",
    "write_run_json": "runfile",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - each name has its own type, declared above
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
