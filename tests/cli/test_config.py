"""navila config: what a run would use, and what is wrong with a file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from tests.plugins.throwaway import navila


def test_show_prints_every_key_as_it_would_stand_in_a_file(tmp_path: Path) -> None:
    done = navila("config", "show", "--set", r'driver.path="a\\b \"c\""', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()[1:]]
    values = {key: value.strip() for key, value in lines if "(not set)" not in value}
    assert tomllib.loads(f"x = {values['planner']}") == {"x": "auto"}
    assert tomllib.loads(f"x = {values['driver.path']}") == {"x": 'a\\b "c"'}
    assert values["plugins.strict"] == "false"


def test_origins(tmp_path: Path) -> None:
    (tmp_path / "navila.toml").write_text("seed = 4\n")
    done = navila("config", "show", "--origin", "--set", "out=there", cwd=tmp_path, env={"NAVILA_SCENE": "empty"})
    found = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert found["seed"].endswith(str(tmp_path / "navila.toml"))
    assert found["scene"].rstrip().endswith("NAVILA_SCENE")
    assert found["out"].rstrip().endswith("--set out=there")
    told = json.loads(navila("config", "show", "--origin", "--json", cwd=tmp_path).stdout)
    assert told["config"]["seed"] == 4
    assert told["origins"]["seed"] == told["path"] == str(tmp_path / "navila.toml")


def test_check(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("seed = 4\n")
    done = navila("config", "check", "mine.toml", cwd=tmp_path, env={"NAVILA_SEED": "nonsense"})
    assert (done.returncode, done.stdout) == (0, "mine.toml: ok\n")
    file.write_text("seeed = 4\n[executor]\npatience_s = -1\n")
    done = navila("config", "check", "mine.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 'seed'?" in done.stderr
    assert "executor.patience_s: expected at least 0, found -1" in done.stderr


def test_options_for_nobody_are_refused_with_the_nearest_name(tmp_path: Path) -> None:
    given = ("--set", "planners.orakle.x=1", "--set", "worlds.mojoco.frame_px=2", "--set", "planners.nano.threads=1")
    done = navila("run", "stop", *given, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "planners.orakle.x: no planner named 'orakle'. Did you mean 'oracle'?" in done.stderr
    assert "worlds.mojoco.frame_px: no world named 'mojoco'. Did you mean 'mujoco'?" in done.stderr
    assert "--set planners.orakle.x=1" in done.stderr
    assert "planners.nano" not in done.stderr


def test_a_files_table_for_an_absent_plugin_is_told_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "navila.toml").write_text("[worlds.holodeck]\nprogram = 4077\n")
    done = navila("run", "stop", "--no-film", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "[worlds.holodeck]: no world named 'holodeck'" in done.stderr


def test_a_planner_that_only_its_file_knows_has_options(tmp_path: Path) -> None:
    (tmp_path / "navila_plugin.py").write_text(
        "import attrs\n"
        "from navila_sdk.plugins import Plugins\n"
        "record = attrs.evolve(Plugins().planner('oracle'), name='-'.join(('my', 'own')))\n"
    )
    given = ("--planner", "my-own", "--set", "planners.my-own.nonsense=1")
    done = navila("run", "stop", *given, cwd=tmp_path)
    assert "no planner named" not in done.stderr
    assert "nonsense" in done.stderr
