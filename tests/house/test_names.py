"""The core names no robot and no simulator: those belong to plugins, the shipped ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.house.source import Finding, Source, none_of, sample, sources

_NAMES = re.compile(
    r"go2|unitree|booster|mujoco|habitat|isaac"  # long enough to mean nothing else, even inside a word
    r"|(?<![A-Za-z0-9])(?:h1|t1)(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[HT]1(?=[A-Z])",
    re.IGNORECASE,
)
# A dialect is called after those who speak it; a heading of HTML isn't a robot.
_MEANT = re.compile(r"navila[-_]isaac|isaac-bench|</?h1\b", re.IGNORECASE)
_MEANT_IN_GRAMMAR = re.compile(r"isaac", re.IGNORECASE)


def named(source: Source) -> Iterator[Finding]:
    """Lines (identifiers, strings, docstrings, comments) that name a robot or a simulator."""
    in_grammar = source.module.startswith("navila_sdk.grammar")
    for number, line in enumerate(source.lines, 1):
        rest = _MEANT.sub("", line)
        if found := _NAMES.search(_MEANT_IN_GRAMMAR.sub("", rest) if in_grammar else rest):
            yield source.finding(
                number,
                f"the core names {found.group()!r}: let the record, the config or the plugin say it, "
                "or use a name that means something to every robot",
            )


def test_the_core_names_no_robot() -> None:
    none_of(finding for source in sources("navila_sdk") for finding in named(source))


@pytest.mark.parametrize(
    "line",
    ["x = go2_limits", "class Go2Driver:", '"""For H1."""', "import mujoco", "t1 = 3", "H1Driver()", "# T1"],
)
def test_the_rule_bites(line: str) -> None:
    assert list(named(sample(line)))


@pytest.mark.parametrize("line", ['name = "navila-isaac"', 'html = "<h1>"', "width1 = 1", "sha1 = x", "t10 = 1"])
def test_the_rule_leaves_others_alone(line: str) -> None:
    assert not list(named(sample(line)))
