"""Twenty unseen episodes, walked: the oracle reaches every goal it's sent to, a planner that stands still none."""

import json
import subprocess

from tests.evaluation.places import NAVILA
from tests.nano.tiny import TINY


def _evaluated(tmp_path, *words):
    asked = [*NAVILA, "eval", "apartments", "--out", str(tmp_path / "out"), "--json", *words]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_oracle_reaches_twenty_goals(tmp_path):
    result = _evaluated(tmp_path, "--planner", "oracle", "--episodes", "20", "--workers", "2")
    assert result["episodes"] == 20
    assert result["SR"] == 1.0
    assert result["SPL"] > 0.85
    assert result["NE"] < 0.5
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


def test_a_model_without_skill_is_told_from_the_oracle(tmp_path):
    result = _evaluated(
        tmp_path, "--planner", "nano", "--set", f"planners.nano.model={TINY}", "--episodes", "4", "--workers", "1"
    )
    assert result["episodes"] == 4
    assert result["SR"] < 1.0
    assert result["NE"] > 1.0
