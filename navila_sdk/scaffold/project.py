"""The project itself: templates filled in, written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template

import attrs

from navila_sdk.errors import ConfigError, OutputError
from navila_sdk.scaffold.names import Names
from navila_sdk.scaffold.robot import RobotFiles, files_of, record_text

_ATTRIBUTES = {"embodiment": "embodiment", "world": "record", "planner": "record"}
_BASES = {"embodiment": "EmbodimentConformance", "world": "WorldConformance", "planner": "PlannerConformance"}
_SENTENCE = "walk forward 1 metre, turn left 90 degrees and stop"


@attrs.frozen(slots=True)
class Project:
    """A project that was written.

    Attributes:
        folder: Where.
        files: What, relative to it.
        run: Command line that tries it.
    """

    folder: Path
    files: tuple[str, ...]
    run: str


def new_project(
    kind: str,
    names: Names,
    folder: Path,
    *,
    title: str = "",
    robot: RobotFiles | None = None,
    world_distribution: str = "",
) -> Project:
    """Write a project.

    Args:
        kind: embodiment, world or planner.
        names: What it's called.
        folder: Where; must not exist.
        title: For people.
        robot: What there is of a robot, for an embodiment.
        world_distribution: What its tests need besides pytest: where bodies are moved.

    Raises:
        ConfigError: The title can't be written into a file, or the folder exists.
        OutputError: The folder can't be written.
    """
    title = title.strip() or names.class_name
    if not title.isprintable() or set(title) & set('"\\$`'):
        raise ConfigError(f"a title is one line without quotes, backslashes, backticks or dollars; got {title!r:.80}")
    if folder.exists():
        raise ConfigError(f"{folder} exists already; nothing was written. Choose another one: --out DIR")
    robot = robot or RobotFiles()
    run = _run(kind, names.name, physics=robot.card is not None)
    texts = _texts(kind, names, title, robot, world_distribution, run)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{names.distribution}-") as part:
            written = _write(Path(part) / "new", texts, _copies(kind, names, robot))
            (Path(part) / "new").rename(folder)
    except OSError as error:
        raise OutputError(f"{folder} can't be written: {error.strerror or error}") from error
    return Project(folder, written, run)


def _run(kind: str, name: str, *, physics: bool) -> str:
    more = " --fidelity physics" if physics else ""
    return f'navila run "{_SENTENCE}" --{kind} {name}{more} --scene empty'


def _texts(kind: str, names: Names, title: str, robot: RobotFiles, world_distribution: str, run: str) -> dict[str, str]:
    needs = ['"pytest>=8.2"'] + ([f'"{world_distribution}"'] if world_distribution else [])
    words: dict[str, str] = {
        **attrs.asdict(names),
        "kind": kind,
        "a": "an" if kind[0] in "aeiou" else "a",
        "title": title,
        "attribute": _ATTRIBUTES[kind],
        "conformance": _BASES[kind],
        "test_needs": ", ".join(needs),
        "run": run,
        **(record_text(robot, names.package) if kind == "embodiment" else {}),
    }
    return {
        "pyproject.toml": _filled("pyproject", words),
        "README.md": _filled("readme", words),
        f"{names.package}/__init__.py": _filled(kind, words),
        f"{names.package}/py.typed": "",
        f"tests/test_{names.package.removeprefix('navila_')}.py": _filled("test", words),
    }


def _filled(template: str, words: Mapping[str, str]) -> str:
    text = resources.files("navila_sdk.scaffold").joinpath(f"templates/{template}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _copies(kind: str, names: Names, robot: RobotFiles) -> dict[str, Path]:
    if kind != "embodiment":
        return {}
    return {f"{names.package}/{place}": path for place, path in files_of(robot).items()}


def _write(folder: Path, texts: Mapping[str, str], copies: Mapping[str, Path]) -> tuple[str, ...]:
    for place, text in texts.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    for place, path in copies.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / place)
    return (*texts, *copies)
