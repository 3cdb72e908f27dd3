"""What the README and the docs show is true: their snippets run, their links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, pages

_LINK = re.compile(r"!?\[[^\]]*\]\((?!https?://|mailto:)(?P<target>[^)\s#]*)(?:#(?P<anchor>[^)\s]*))?\)")
_PLAIN = {"NO_COLOR": "1", "COLUMNS": "120"}
_PAGES = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))


def _play(page: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.docs.play", str(page)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NAVILA_CONFIG_DIR": str(folder / "nobody"), **_PLAIN},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@_PAGES
def test_snippets_run(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    done = _play(page, tmp_path)
    assert done.returncode == 0, done.stderr[-4000:]


@_PAGES
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in _LINK.finditer(text):
        target = (page.parent / link["target"]).resolve() if link["target"] else page
        assert target.exists(), f"{page.name}: the link {link.group()!r} leads nowhere"
        if link["anchor"]:
            assert link["anchor"] in _anchors(target), f"{page.name}: no heading for {link.group()!r}"


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
    docs = ROOT / "docs"
    present = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
    assert listed == present, f"mkdocs.yml and docs/ differ by {sorted(listed ^ present)}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```python\nassert 1 == 2\n```\n", 'page.md", line 2'),
        ("```python\nx = 1\n```\n\ntext\n\n```python\nassert x == 2\n```\n", 'page.md", line 8'),
        ("```console\n$ python -c 'raise SystemExit(3)'\n```\n", "exits with 3, expected 0"),
        ("<!-- exit: 2 -->\n```console\n$ python -c 'pass'\n```\n", "exits with 0, expected 2"),
        ("```console\n$ python -c 'print(1)'\n2\n```\n", "doesn't print what the page shows"),
        ("```console\n$ make test\n```\n", "isn't navila or python"),
        ("<!-- not executed -->\n```console\n$ make test\n```\n", "say why"),
        ("<!-- config -->\n```toml\nembodimant = 'x'\n```\n", "ConfigError"),
        ("```toml\nembodiment = 'x'\n```\n", "never checked"),
        ("```\nmake test\n```\n", "never checked"),
        ("<!-- exti: 2 -->\n", "unknown note"),
        ("```python\nx = 1\n", "never closed"),
    ],
)
def test_a_page_that_lies_is_found_out(text: str, complaint: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    done = _play(page, tmp_path)
    assert done.returncode != 0
    assert complaint in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = 1\n```\n\ntext\n\n```python\nassert x == 1\n```\n",
        "<!-- exit: 3 -->\n```console\n$ python -c 'raise SystemExit(3)'\n```\n",
        "```console\n$ A=5 python -c 'import os; print(os.environ[\"A\"], 7)'\n5 ...\n```\n",
        "<!-- file: part.py -->\n```python\ny = 4\n```\n```python\nimport part\nassert part.y == 4\n```\n",
        "<!-- not executed: it needs a robot -->\n```python\nraise SystemExit(1)\n```\n",
        "```text\nanything\n```\n",
    ],
)
def test_a_page_that_is_true_passes(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    done = _play(page, tmp_path)
    assert done.returncode == 0, done.stderr
