"""Importing a plugin so that whatever it does, the rest carries on and the message says whose fault it is."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from navila_sdk.errors import PluginError, PluginLoadError
from navila_sdk.plugins.candidate import LOCAL_FILE, Candidate
from navila_sdk.plugins.info import HOOKS, NAVILA_PLUGIN_API
from navila_sdk.plugins.records import check_api, unwrapped
from navila_sdk.plugins.source import Finder
from navila_sdk.plugins.vetting import Vetter

_TEXT_LIMIT = 300


def load_target(candidate: Candidate, folder: Path) -> object:
    """Import what the candidate names and return its record or hook object.

    Modules named in ``NAVILA_PLUGINS`` are looked up on ``sys.path`` and then in ``folder``.

    Raises:
        PluginLoadError: Anything at all went wrong; chained to the plugin's own exception.
        PluginApiError: It failed, and its source says it's written for another plugin API.
    """
    if candidate.fault or not candidate.module:
        fault = candidate.fault or f"its target {candidate.target!r} isn't of the form module:attribute"
        raise PluginLoadError(f"{candidate.label} can't be loaded: {fault}. To mend it: {candidate.remedy}")
    try:
        # What a plugin prints while it's imported must not mix with --json output.
        with contextlib.redirect_stdout(sys.stderr):
            return _resolve(candidate, folder)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # Quarantine is the point: no plugin ends the host, not even by sys.exit().
        _refuse_other_api(candidate, folder)
        raise load_error(candidate, error) from error


def load_file(path: Path) -> ModuleType:
    """Import ``navila_plugin.py`` from where it lies.

    Raises:
        PluginLoadError: It can't be imported.
    """
    candidate = Candidate(path.stem, "", LOCAL_FILE, "", path.name)
    try:
        spec = importlib.util.spec_from_file_location("navila_plugin", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path.name} can't be imported")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        with contextlib.redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        sys.modules.pop("navila_plugin", None)
        raise load_error(candidate, error) from error
    return module


def load_error(candidate: Candidate, error: BaseException) -> PluginError:
    """Return the error that names the plugin, its distribution, what happened, where, and the remedy."""
    if isinstance(error, PluginError):
        return error
    detail = describe(error)
    where = _place(error)
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    need = f". The missing module is {missing!r}" if missing and missing not in detail else ""
    return PluginLoadError(
        f"{candidate.label} failed to load {candidate.target!r}: {detail}{where}{need}. To mend it: {candidate.remedy}"
    )


def describe(error: BaseException) -> str:
    """Return type and text of an exception in one line; the text itself may be broken too."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - a plugin's exception may fail in its own __str__
        text = "(its text can't be shown)"
    if len(text) > _TEXT_LIMIT:
        text = text[: _TEXT_LIMIT - 3] + "..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _place(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return ""  # its own text says where
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "importlib" not in f.filename]
    frames = [f for f in frames if Path(f.filename) != Path(__file__)]
    if not frames:
        return ""
    file = "/".join(Path(frames[-1].filename).parts[-2:])
    return f" (at {file}:{frames[-1].lineno})"


def _resolve(candidate: Candidate, folder: Path) -> object:
    root = candidate.module.partition(".")[0]
    if not candidate.packaged and not Finder().exists(root) and str(folder) not in sys.path:
        sys.path.append(str(folder))  # last, so that it can't shadow anything
        importlib.invalidate_caches()
    value: object = importlib.import_module(candidate.module)
    for part in candidate.attribute.split(".") if candidate.attribute else ():
        value = getattr(value, part)
    return value if candidate.kind == HOOKS else unwrapped(value)


def _refuse_other_api(candidate: Candidate, folder: Path) -> None:
    """Say "another API" where that is why it failed: its record may not even be constructible here."""
    api = Vetter(folder).vet(candidate).api
    if api not in (NAVILA_PLUGIN_API, "?"):
        check_api(api, candidate)
