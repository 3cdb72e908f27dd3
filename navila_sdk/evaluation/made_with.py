"""``eval.json``: what a folder of results was made with, so that nothing else is ever mixed into it."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import attrs

from navila_sdk.config import Config, plain
from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.controls import Control
from navila_sdk.evaluation.episodes import AGENT_RADIUS_M, Benchmark, EvalEpisode, episode_record
from navila_sdk.evaluation.rowlog import begun
from navila_sdk.evaluation.settings import EvalSettings
from navila_sdk.plugins import Plugins
from navila_sdk.recording.folders import unwritable
from navila_sdk.recording.runfile import versions

EVAL_NAME = "eval.json"
FORMAT = 1
_ABSENT = "nothing"


@attrs.frozen(slots=True, kw_only=True)
class MadeWith:
    """The content of ``eval.json``.

    Attributes:
        settings: Everything results depend on; a folder is only added to with the very same.
        facts: What is good to know beside that: body, versions, when it began.
    """

    settings: Mapping[str, Any]
    facts: Mapping[str, Any]


def made_with(benchmark: Benchmark, split: str, settings: EvalSettings, plugins: Plugins) -> MadeWith:
    """Return what an evaluation is about to be made with.

    Raises:
        UnknownNameError: No such robot, world or planner.
        PluginError: The plugin behind one of them can't be used.
        CapabilityError: The world has no such fidelity.
    """
    config = settings.config
    body, world = plugins.embodiment(config.embodiment), plugins.world(config.world)
    world.offered(config.fidelity)
    deciders = _deciders(config, settings.control)
    if deciders:
        plugins.planner(config.planner)
    tables = plain(config)
    body = world.embodied(body, tables["worlds"].get(config.world, {}))
    return MadeWith(
        settings={
            "benchmark": benchmark.name,
            "benchmark_version": benchmark.version,
            "split": split,
            "episodes_sha256": digest(benchmark.episodes(split)),
            "planner": " > ".join(deciders) or str(settings.control),
            "planner_options": {name: tables["planners"][name] for name in deciders if name in tables["planners"]},
            "embodiment": config.embodiment,
            "world": config.world,
            "world_options": tables["worlds"].get(config.world, {}),
            "fidelity": config.fidelity or world.fidelities[0],
            "locomotion": config.locomotion,
            "files": dict(_files([config.locomotion, *_words(tables["planners"], deciders)])),
            "seed": config.seed,
            "ndtw": str(settings.dtw),
            "compat": str(settings.compat),
            "control": str(settings.control) if settings.control else None,
            "agent_radius_m": AGENT_RADIUS_M,
            **{name: tables[name] for name in ("executor", "safety", "navigator", "driver")},
            "versions": _providers(config, plugins),
        },
        facts={
            "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "body": _profile(body),
            "source": settings.source or benchmark.name,
            "benchmark_options": tables["benchmarks"].get(settings.source or benchmark.name, {}),
            "versions": versions(),
        },
    )


def read_made_with(folder: Path) -> MadeWith:
    """Return what a folder of results was made with.

    Raises:
        EvaluationError: The folder holds no results, or ``eval.json`` can't be read.
    """
    path = folder / EVAL_NAME
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvaluationError(f"{folder} holds no evaluation: there is no {EVAL_NAME} in it") from None
    except (OSError, ValueError) as error:
        raise EvaluationError(f"can't read {path}: {error}") from error
    values = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if values.get("format") != FORMAT or not all(isinstance(values.get(k), dict) for k in ("settings", "facts")):
        raise EvaluationError(f"{path} was written by another version of navila_sdk, or isn't ours")
    return MadeWith(settings=values["settings"], facts=values["facts"])


def claim(folder: Path, wanted: MadeWith) -> MadeWith:
    """Make the folder one for these settings, or make sure that it is one; return what it was made with.

    A folder that no episode has a row in yet binds nobody: a run that never began leaves no settings to keep to.

    Raises:
        EvaluationError: It was made with other settings, or holds something else.
        OutputError: It can't be written.
    """
    if (folder / EVAL_NAME).exists():
        found = read_made_with(folder)
        lines = differences(found.settings, json.loads(json.dumps(wanted.settings)))
        if lines and not begun(folder):
            _write(folder, wanted)
            return wanted
        if lines:
            text = "\n".join(f"  {line}" for line in lines)
            raise EvaluationError(
                f"{folder} holds results made with other settings; choose another --out, or go on with "
                f"the same:\n{text}"
            )
        return found
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(not path.name.startswith(".") for path in folder.iterdir()):
            raise EvaluationError(f"{folder} isn't empty and holds no evaluation; choose another --out")
    except OSError as error:
        raise unwritable(folder, error) from error
    _write(folder, wanted)
    return wanted


def _write(folder: Path, made: MadeWith) -> None:
    partial = folder / f".{EVAL_NAME}.partial"
    values = {"format": FORMAT, **attrs.asdict(made)}
    try:
        partial.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(partial, folder / EVAL_NAME)
    except OSError as error:
        raise unwritable(folder, error) from error


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """Return what differs between the settings of two folders, a line each."""
    return list(_differences(dict(there), dict(here), ""))


def _differences(there: object, here: object, path: str) -> Iterator[str]:
    told = f"{path}: {str(there)[:80]} there, {str(here)[:80]} now"
    if isinstance(there, dict) and isinstance(here, dict):
        tables = cast("tuple[dict[str, Any], dict[str, Any]]", (there, here))
        for key in sorted(tables[0].keys() | tables[1].keys()):
            yield from _differences(
                tables[0].get(key, _ABSENT), tables[1].get(key, _ABSENT), f"{path}.{key}".lstrip(".")
            )
    elif there != here:
        yield told


def _deciders(config: Config, control: Control | None) -> list[str]:
    """Return the names of the planners that decide; none where the control is one that isn't registered."""
    if control is Control.FORWARD:
        return []
    return [config.planner, config.default_planner] if config.planner == "auto" else [config.planner]


def digest(episodes: Sequence[EvalEpisode]) -> str:
    """Return what changes whenever one of the episodes does."""
    records = [episode_record(episode) for episode in episodes]
    text = json.dumps(records, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _words(tables: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    """Yield the options of some plugins that are text."""
    for name in names:
        yield from (value for value in tables.get(name, {}).values() if isinstance(value, str))


def _files(words: Sequence[str | None]) -> Iterator[tuple[str, str]]:
    """Yield the options that name a file or folder, with a digest of its files' sizes and times.

    A checkpoint trained further at the same path is another planner; reading all of it would take too long.
    """
    for word in words:
        path = Path(word) if word else None
        if path is None or not path.exists():
            continue
        files = sorted([*path.glob("*"), *path.glob("*/*")]) if path.is_dir() else [path]
        states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()]
        yield str(path), hashlib.sha256(repr(states).encode()).hexdigest()[:16]


def _providers(config: Config, plugins: Plugins) -> dict[str, str]:
    """Return the versions of the SDK and of the distributions that robot, world and planner come from."""
    from navila_sdk import __version__

    wanted = {("embodiment", config.embodiment), ("world", config.world), ("planner", config.planner)}
    found = {
        row.distribution: row.version for row in plugins.listing() if (row.kind, row.name) in wanted and row.version
    }
    return {"navila-sdk": __version__, **found}


def _profile(body: Embodiment) -> dict[str, str]:
    """Return what a body's results depend on, in words."""
    import math

    camera, limits, foot = body.camera, body.limits, body.footprint
    return {
        "body": body.title or body.name,
        "footprint": f"{foot.length_m:.2f} x {foot.width_m:.2f} m, {foot.height_m:.2f} m high",
        "camera": f"{camera.z_m:.2f} m above the floor, {math.degrees(camera.hfov_rad):.0f} degrees wide, "
        f"{camera.width_px} x {camera.height_px} px",
        "speed": f"{limits.vx_max_mps:g} m/s ahead, {math.degrees(limits.wz_max_radps):.0f} degrees/s turning",
        "actions": ", ".join(sorted(str(verb) for verb in body.verbs)),
    }
