"""Nothing heavy is imported before it's needed: not at module top, not by the facade, not by listings."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.imports import When, imports
from tests.house.source import PLUGINS, Finding, Source, none_of, sample, sources

HEAVY = frozenset(
    {
        *("PIL", "cv2", "matplotlib", "mcap", "rich", "scipy"),
        *("onnxruntime", "torch", "torchvision", "transformers"),
        *("habitat", "habitat_sim", "isaaclab", "isaacsim", "mujoco", "omni"),
        *("booster_robotics_sdk", "booster_robotics_sdk_python", "cyclonedds", "unitree_sdk2py"),
    }
)
PLUGIN_PACKAGES = frozenset(f"navila_{name}" for name in PLUGINS)
# Modules that are networks and their optimiser through and through; nothing may load them but a training.
LEARNERS = frozenset(
    [
        f"navila_sdk.training.locomotion.{name}"
        for name in ("average", "checkpoint", "export", "learn", "network", "ppo", "stages")
    ]
    + [
        f"navila_sdk.vla.{name}"
        for name in ("caching", "compiled", "decode", "features", "keyvalues", "model", "network")
    ]
    + [f"navila_sdk.vla.{name}" for name in ("packed", "quantize", "save", "session", "tensor_file", "together")]
    + [
        f"navila_sdk.training.vla.{name}"
        for name in (
            "blend",
            "export_onnx",
            "finetune",
            "fresh",
            "hints",
            "learner",
            "lessons",
            "records",
            "rows",
            "seeing",
            "stages",
        )
    ]
    + [f"navila_sdk.training.vla.{name}" for name in ("ship", "state")]
    + [f"navila_sdk.training.rft.{name}" for name in ("policy", "reinforce", "sampling")]
)
SHIPPED_PLANNERS = frozenset(
    f"navila_sdk.planners.{name}" for name in ("auto", "human", "navila", "oracle", "random", "scripted")
)

_DUMP = """
import atexit, json, sys
target = sys.argv.pop()
atexit.register(lambda: json.dump(sorted(sys.modules), open(target, "w")))
"""
_COMMAND = "from navila_sdk.cli.main import main\nsys.argv[0] = 'navila'\nsys.exit(main())"


def heavy_at_top(source: Source) -> Iterator[Finding]:
    """Heavy packages imported while the module loads."""
    for found in imports(source):
        if found.when is When.LOADING and found.module.split(".")[0] in HEAVY:
            yield source.finding(found.line, f"imports {found.module} at module top: move it into the function")


def test_no_heavy_import_at_module_top() -> None:
    light = (source for source in sources("navila_sdk") if source.module not in LEARNERS)
    none_of(finding for source in light for finding in heavy_at_top(source))


def test_only_learners_import_learners_while_loading() -> None:
    none_of(
        source.finding(found.line, f"imports {found.module} at module top: move it into the function")
        for source in sources("navila_sdk")
        if source.module not in LEARNERS
        for found in imports(source)
        if found.when is When.LOADING and found.module in LEARNERS
    )


def test_the_rule_bites() -> None:
    assert list(heavy_at_top(sample("import torch.nn as nn")))
    assert list(heavy_at_top(sample("try:\n    from PIL import Image\nexcept ImportError:\n    pass")))
    assert not list(heavy_at_top(sample("def f():\n    import torch")))
    assert not list(heavy_at_top(sample("if TYPE_CHECKING:\n    from rich.text import Text")))


def _modules_after(code: str, tmp_path: Path, *arguments: str) -> set[str]:
    """The modules loaded once ``code`` has run in a fresh interpreter."""
    target = tmp_path / "modules.json"
    # A subprocess measured for coverage, or with a user's plugin in the environment, would load more.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "NAVILA_"))}
    environment["NAVILA_CONFIG_DIR"] = str(tmp_path / "nobody")
    done = subprocess.run(
        [sys.executable, "-c", _DUMP + code, *arguments, str(target)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(target.read_text()))


def _loaded(modules: set[str], packages: frozenset[str]) -> list[str]:
    return sorted(modules & packages)


def test_importing_the_library_loads_nothing_heavy(tmp_path: Path) -> None:
    modules = _modules_after("import navila_sdk", tmp_path)
    assert not _loaded(modules, HEAVY | PLUGIN_PACKAGES | {"numpy", "click", "pluggy", "cattrs", "attrs"})


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    modules = _modules_after(_COMMAND, tmp_path, "--help")
    assert not _loaded(modules, HEAVY | PLUGIN_PACKAGES | SHIPPED_PLANNERS | {"numpy"})


@pytest.mark.parametrize("arguments", [("plugins",), ("plugins", "--json")])
def test_listing_plugins_imports_none_of_them(arguments: tuple[str, ...], tmp_path: Path) -> None:
    modules = _modules_after(_COMMAND, tmp_path, *arguments)
    allowed = {"rich"}  # draws the table
    assert not _loaded(modules, (HEAVY - allowed) | PLUGIN_PACKAGES | SHIPPED_PLANNERS)


@pytest.mark.parametrize("group", ["navila.embodiments", "navila.worlds", "navila.planners"])
def test_reading_a_record_loads_nothing_heavy(group: str, tmp_path: Path) -> None:
    targets = [
        point.value
        for point in importlib.metadata.entry_points(group=group)
        if point.dist is not None and point.dist.name.startswith("navila-")
    ]
    assert targets
    code = "".join(f"import {target.partition(':')[0]}\n" for target in targets)
    assert not _loaded(_modules_after(code, tmp_path), HEAVY)
