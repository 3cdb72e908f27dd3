"""navila plugins: the listing for people and programs, and one record in full."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plugins.throwaway import ROBOT, Site, navila

KEYS = {"name", "kind", "distribution", "version", "api", "status", "reason"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    made = Site(tmp_path / "site")
    made.add_robot("navila-good", "good")
    made.add_robot("navila-bad", "bad", "import vendor_sdk_x\n")
    made.add_robot("navila-loud", "loud", "print('loaded')\n" + ROBOT)
    return made.folder


def rows(text: str) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in json.loads(text)}


def test_json_lists_objects_with_the_agreed_keys(tmp_path: Path, site: Path) -> None:
    done = navila("plugins", "--json", cwd=tmp_path, site=site)
    assert done.returncode == 0, done.stderr
    found = rows(done.stdout)
    assert all(set(row) >= KEYS for row in found.values())
    assert (found["good"]["status"], found["bad"]["status"]) == ("ok", "broken")
    assert "vendor_sdk_x" in found["bad"]["reason"]
    assert found["auto"]["distribution"] == "navila-sdk"
    assert done.stderr == ""


def test_the_table_says_what_is_broken_and_how_to_mend_it(tmp_path: Path, site: Path) -> None:
    done = navila("plugins", cwd=tmp_path, site=site)
    assert done.returncode == 0
    line = next(line for line in done.stdout.splitlines() if line.startswith("bad "))
    assert line.split()[:6] == ["bad", "embodiment", "navila-bad", "1.0", "1", "broken"]
    assert "NAVILA_DISABLE_PLUGINS=bad" in done.stdout


def test_check_loads_and_json_stays_json(tmp_path: Path, site: Path) -> None:
    done = navila("plugins", "--check", "--json", cwd=tmp_path, site=site)
    assert done.returncode == 0
    assert rows(done.stdout)["loud"]["status"] == "ok"
    assert "failed to load 'navila_bad:robot'" in rows(done.stdout)["bad"]["reason"]


def test_one_kind(tmp_path: Path, site: Path) -> None:
    done = navila("plugins", "--kind", "planner", "--json", cwd=tmp_path, site=site)
    assert {row["kind"] for row in json.loads(done.stdout)} == {"planner"}


def test_one_record_in_full_with_numbers_and_sources(tmp_path: Path, site: Path) -> None:
    done = navila("plugins", "good", cwd=tmp_path, site=site)
    assert done.returncode == 0, done.stderr
    assert "navila_good:robot" in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith("limits.vx_max_mps"))
    assert line.split()[1] == "1"
    assert "(90 degrees)" in done.stdout
    (entry,) = json.loads(navila("plugins", "good", "--json", cwd=tmp_path, site=site).stdout)
    assert {"field": "name", "value": "good", "source": "chosen: a body for tests"} in entry["record"]


def test_a_broken_one_says_why(tmp_path: Path, site: Path) -> None:
    done = navila("plugins", "bad", cwd=tmp_path, site=site)
    assert "No module named 'vendor_sdk_x'" in done.stdout


def test_an_unknown_name_is_the_users_mistake(tmp_path: Path, site: Path) -> None:
    done = navila("plugins", "goood", cwd=tmp_path, site=site)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no plugin named 'goood'. Did you mean 'good'?" in done.stderr


def test_the_config_file_can_disable(tmp_path: Path, site: Path) -> None:
    (tmp_path / "navila.toml").write_text('[plugins]\ndisable = ["navila-bad"]\n')
    found = rows(navila("plugins", "--json", cwd=tmp_path, site=site).stdout)
    assert found["bad"]["status"] == "disabled"


def test_strict_in_the_config_makes_a_broken_one_fatal(tmp_path: Path, site: Path) -> None:
    (tmp_path / "navila.toml").write_text("[plugins]\nstrict = true\n")
    done = navila("plugins", "--check", cwd=tmp_path, site=site)
    assert done.returncode == 1
    assert "NAVILA_DISABLE_PLUGINS=bad" in done.stderr
