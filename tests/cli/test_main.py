"""The command line's doors: help without imports, one way to fail, plugins' verbs after ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from navila_sdk.cli import main as cli
from navila_sdk.errors import ConfigError, PluginLoadError
from tests.plugins.throwaway import Site, navila

COMMANDS = """
import click
from navila_sdk.plugins import hookimpl

@hookimpl
def navila_add_commands(cli):
    @cli.command()
    @click.option("--json", is_flag=True)
    def dance(json):
        click.echo("dancing")

    @cli.command()
    def config():
        click.echo("taken over")

    @cli.command("fail-badly")
    def fail_badly():
        {}["missing"]
"""


@pytest.fixture
def dancing(tmp_path: Path) -> Path:
    site = Site(tmp_path / "site")
    site.add("navila-dance", COMMANDS, {"navila": {"dance": "navila_dance"}})
    return site.folder


def run(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        cli.main(argv)
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli.navila, "main", fail)


def test_help_lists_the_verbs_and_imports_none(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom navila_sdk.cli.main import VERBS, main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as done:\n    assert not done.code\n"
        "loaded = {verb.target.partition(':')[0] for verb in VERBS.values()} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name, verb in cli.VERBS.items():
        assert f"  {name}" in done.stdout
        assert verb.help in done.stdout


@pytest.mark.parametrize("name", list(cli.VERBS))
def test_every_verb_leads_to_a_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run([name, "--help"], capsys)
    assert code == 0, err
    assert f"Usage: navila {name}" in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert run(["--version"], capsys) == (0, f"navila {version('navila-sdk')}\n", "")


def test_no_verb_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run([], capsys)
    assert code == 2
    assert "Usage: navila" in out + err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["policy"], "error: navila policy needs one of: check, import, show (see navila policy --help)"),
        (["eval", "apartments", "--out", ""], "error: --out: expected text that isn't empty"),
        (["report", "run", "--out="], "error: --out: expected text that isn't empty"),
        (["serve", "--batch-window", "nan"], "error: Invalid value for '--batch-window': 'nan' is no finite number."),
        (["train", "rft", "--kl", "inf"], "error: Invalid value for '--kl': 'inf' is no finite number."),
        (["train", "vla", "--rate", "-1"], "error: Invalid value for '--rate': -1.0 is not in the range x>0."),
        (
            ["train", "vla", "--out", "x", "--preset", "nano", "--rate", "1e-3"],
            "error: --rate is for training on annot",
        ),
        (
            ["train", "vla", "--out", "x", "--recipe", "r.toml", "--frames", "f"],
            "error: --frames is for training on an",
        ),
        (["train", "vla", "--out", "x", "--until", "walk"], "error: --until is for training by a recipe: --preset PLA"),
        (
            ["train", "vla", "--out", "x", "--data", "d", "--recipe", "r", "--preset", "p"],
            "error: --preset and --recipe",
        ),
        (["config", "show", "--config", ""], "error: --config: expected text that isn't empty"),
    ],
)
def test_half_a_command_is_told_what_it_lacks(args: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(args)
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith(told)


def test_shards_that_cannot_be_written_are_not_walked_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as left:
        cli.main(["train", "data", "--out", str(tmp_path / "file")])
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith(f"error: can't write to {tmp_path / 'file'}: File exists")


def test_an_unknown_verb_gets_a_guess(tmp_path: Path) -> None:
    done = navila("plugns", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: no command 'plugns'. Did you mean 'plugins'? Known: demo, run" in done.stderr


def test_a_plugins_verb_runs_and_cannot_replace_ours(tmp_path: Path, dancing: Path) -> None:
    assert navila("dance", cwd=tmp_path, site=dancing).stdout == "dancing\n"
    assert "taken over" not in navila("config", "show", cwd=tmp_path, site=dancing).stdout
    done = navila("dence", cwd=tmp_path, site=dancing)
    assert "Did you mean 'dance'?" in done.stderr


def test_a_broken_plugin_does_not_cost_the_verbs(tmp_path: Path, dancing: Path) -> None:
    site = Site(dancing)
    site.add("navila-broken", "import vendor_sdk_x", {"navila": {"broken": "navila_broken"}})
    done = navila("dance", cwd=tmp_path, site=dancing)
    assert (done.returncode, done.stdout) == (0, "dancing\n")
    assert "hooks plugin 'broken' (navila-broken 1.0) failed to load" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unexpected_error_is_one_line_unless_the_traceback_is_asked_for(tmp_path: Path, dancing: Path) -> None:
    done = navila("fail-badly", cwd=tmp_path, site=dancing)
    assert done.returncode == 1
    assert done.stderr == (
        "error: unexpected KeyError: 'missing' at navila_dance.py:18 in fail_badly; "
        "run with NAVILA_TRACEBACK=1 for the traceback\n"
    )
    asked = navila("fail-badly", cwd=tmp_path, site=dancing, env={"NAVILA_TRACEBACK": "1"})
    assert "Traceback (most recent call last)" in asked.stderr


@pytest.mark.parametrize(("error", "code"), [(ConfigError("bad", ["a: b"]), 2), (PluginLoadError("broken"), 1)])
def test_our_errors_are_one_message_and_their_exit_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(error, monkeypatch)
    assert run(["run"], capsys) == (code, "", f"error: {error}\n")


def test_with_json_the_error_is_on_stdout_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(PluginLoadError("broken"), monkeypatch)
    code, out, err = run(["run", "--json"], capsys)
    assert (code, err) == (1, "error: broken\n")
    assert json.loads(out) == {"error": {"type": "PluginLoadError", "message": "broken"}}


def test_an_interrupt_is_130_and_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    raising(KeyboardInterrupt(), monkeypatch)
    assert run(["run"], capsys) == (130, "", "interrupted\n")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "navila_sdk.cli.main", "config", "show"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
