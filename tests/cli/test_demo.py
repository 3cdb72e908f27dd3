"""``navila demo``: the main job with nothing to configure."""

import json

from tests.cli.test_run import navila


def test_demo_runs_records_and_reports(tmp_path):
    done = navila("demo", "--json", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["outcome"] == "stopped"
    assert result["path_length_m"] > 2
    report = (tmp_path / "out" / "report.html").read_text()
    assert result["instruction"].split(",")[0] in report


def test_demo_on_an_open_floor_says_what_to_do_instead(tmp_path):
    done = navila("demo", "--scene", "empty", cwd=tmp_path)
    assert done.returncode == 2
    assert "navila run" in done.stderr
