"""The kit's three doors: the verb, the class, the function, and what each says of the same fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from navila_sdk.cli.check import command
from navila_sdk.errors import CapabilityError, ConfigError, UnknownNameError
from navila_sdk.testing import EmbodimentConformance, check_planner
from navila_sdk.testing.conformance import EmbodimentConformance as Conformance
from navila_sdk.testing.conformance import Status, examine_planner
from tests.conformance.rover import write_rover
from tests.plugins.throwaway import navila

BACKWARDS = {"forward": -1.0}


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("NAVILA_CONFIG_DIR", str(tmp_path))


def invoked(*arguments: str):
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)


def test_the_verb_shows_every_check():
    done = invoked("planner", "random")
    assert done.exit_code == 0
    assert "canonical-sentences" in done.output
    assert "17 passed, 0 failed, 0 skipped" in done.output


def test_a_fault_is_shown_with_the_line_and_ends_with_1(tmp_path):
    write_rover(tmp_path, "lying", ("forward_mps=0.5", "forward_mps=0.9"))
    done = navila("check", "embodiment", "lying", cwd=tmp_path, env={"NAVILA_PLUGINS": "lying=lying:embodiment"})
    assert done.returncode == 1
    words = " ".join(done.stdout.split())
    assert (
        "mapping.forward_mps: 0.9; expected over 0, at most limits.vx_max_mps = 0.8; mend lying/__init__.py:" in words
    )
    assert "1 failed" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_json_holds_faults_as_values(tmp_path):
    write_rover(tmp_path, "lying", ("x_m=0.1, z_m=0.45", "x_m=0.1, z_m=4.5"))
    done = navila(
        "check", "embodiment", "lying", "--json", cwd=tmp_path, env={"NAVILA_PLUGINS": "lying=lying:embodiment"}
    )
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["kind"], told["name"], told["ok"], told["failed"]) == ("embodiment", "lying", False, 1)
    (failed,) = [row for row in told["checks"] if row["status"] == "failed"]
    assert failed["check"] == "cameras"
    (fault,) = failed["faults"]
    assert fault["what"] == "camera.z_m"
    assert fault["value"] == "4.5"
    assert fault["expected"] == "inside the footprint, 0 to 0.5 m"
    assert fault["mend"].startswith("lying/__init__.py:")


def test_a_plugin_that_cant_be_loaded_is_a_fault_and_no_traceback(tmp_path):
    (tmp_path / "half.py").write_text("import no_such_vendor_sdk\n")
    done = navila("check", "world", "half", cwd=tmp_path, env={"NAVILA_PLUGINS": "half=half:record"})
    assert done.returncode == 1
    assert "no_such_vendor_sdk" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("subject", [("embodiment", "go2"), ("world", "mujoco")])
def test_an_unknown_fidelity_is_the_callers_mistake(subject):
    with pytest.raises(CapabilityError, match="no fidelity 'dreamlike'; it offers: kinematic, physics"):
        invoked(*subject, "--fidelity", "dreamlike")


@pytest.mark.parametrize("kind", ["embodiment", "world", "planner"])
def test_an_unknown_name_is_the_callers_mistake(kind):
    with pytest.raises(UnknownNameError, match=f"no {kind} named 'nobody'"):
        invoked(kind, "nobody")


def test_options_of_another_kind_are_refused():
    done = invoked("embodiment", "go2", "--instruction", "go")
    assert done.exit_code == 2
    assert "--instruction is for something else than embodiments" in done.output


def test_only_some_checks():
    done = invoked("planner", "random", "--only", "latency", "--only", "stamped")
    assert "2 passed, 0 failed, 0 skipped" in done.output


@pytest.mark.parametrize("option", ["--only", "--waive"])
def test_a_check_that_isnt_there_is_named_with_the_nearest(option):
    value = "latencyy" if option == "--only" else "latencyy=because"
    with pytest.raises(UnknownNameError, match="Did you mean 'latency'"):
        invoked("planner", "random", option, value)


def test_a_waiver_needs_a_reason():
    with pytest.raises(ConfigError, match="gives no reason"):
        invoked("planner", "random", "--waive", "latency")


def test_a_waived_check_doesnt_hold_others_back():
    done = invoked("planner", "random", "--waive", "plans=we know")
    assert "waived: we know" in done.output
    assert "16 passed, 0 failed, 1 skipped" in done.output


def test_options_of_a_planner_come_from_the_configuration():
    assert invoked("planner", "scripted").exit_code == 1
    assert invoked("planner", "scripted", "--set", 'planners.scripted.actions=["turn left 30 degrees"]').exit_code == 0


def test_a_planner_that_takes_no_errand_is_told_a_motion_command():
    assert check_planner("human").ok
    assert not check_planner("human", instruction="find the red box").ok


def test_results_are_remembered():
    kit = examine_planner("random")
    assert kit.result("stamped") is kit.result("stamped")
    assert kit.result("stamped").status is Status.PASSED


def test_the_class_fails_the_test_of_the_check_and_skips_what_needs_it(tmp_path):
    write_rover(tmp_path, "backing", **BACKWARDS)
    (tmp_path / "test_backing.py").write_text(
        "from navila_sdk.testing import EmbodimentConformance\n\n\n"
        'class TestBacking(EmbodimentConformance):\n    embodiment = "backing"\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfs", "-p", "no:cacheprovider", "test_backing.py"],
        env={**os.environ, "NAVILA_PLUGINS": "backing=backing:embodiment"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "FAILED test_backing.py::TestBacking::test_forward_is_plus_x" in done.stdout
    assert "forward is +x; mend backing/__init__.py:" in done.stdout
    assert "1 failed" in done.stdout
    assert "forward-is-plus-x failed" in done.stdout  # why verbs-reach was skipped
    assert "conformance/embodiments" not in done.stdout  # no frames of the kit


def test_the_bases_are_no_tests_themselves():
    assert not EmbodimentConformance.__name__.startswith("Test")
    assert EmbodimentConformance is Conformance
    assert next(name for name in vars(EmbodimentConformance) if name.startswith("test_")) == "test_loads"
