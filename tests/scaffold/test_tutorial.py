"""The tutorial keeps its word: three files, a hundred lines, and every check of the kit by its name."""

from __future__ import annotations

import pytest

from navila_sdk.testing.conformance.embodiments import EMBODIMENT_CHECKS
from navila_sdk.testing.conformance.planners import PLANNER_CHECKS
from navila_sdk.testing.conformance.worlds import WORLD_CHECKS
from tests.docs.pages import ROOT, blocks

PAGE = (ROOT / "docs" / "add_your_robot.md").read_text(encoding="utf-8")


def test_two_robots_are_three_files_of_110_lines() -> None:
    files = {block.notes["file"]: block.text.splitlines() for block in blocks(PAGE) if "file" in block.notes}
    assert set(files) == {"wheels.xml", "wheels.py", "dog.py"}
    assert sum(map(len, files.values())) <= 110


@pytest.mark.parametrize("checks", [EMBODIMENT_CHECKS, WORLD_CHECKS, PLANNER_CHECKS], ids=["body", "world", "planner"])
def test_every_check_is_in_the_docs(checks) -> None:
    missing = [check.name for check in checks if f"| `{check.name}` | {check.about} |" not in PAGE]
    assert not missing, f"docs/add_your_robot.md: add a row for {', '.join(missing)}"
