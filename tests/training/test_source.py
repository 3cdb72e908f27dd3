"""What a card says of the code that a training ran: a commit where there is one, else a version."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess

import pytest

from navila_sdk.training.source import source_version

GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git isn't installed")
RELEASE = f"navila-sdk {importlib.metadata.version('navila-sdk')}"


def _git(folder, *words):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = subprocess.run(["git", *who, "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "tree" / "package"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    _git(tmp_path, "init", "-q", "tree")
    return folder


@GIT
def test_a_package_in_its_work_tree_has_a_commit(package):
    _git(package, "add", ".")
    _git(package, "commit", "-q", "-m", "one")
    commit = _git(package, "rev-parse", "HEAD")[:12]
    assert source_version(package) == commit
    (package.parent / "notes.txt").write_text("of no matter to the package")
    assert source_version(package) == commit
    (package / "__init__.py").write_text("changed = True")
    assert source_version(package) == f"{commit}-dirty"


@GIT
def test_a_package_that_only_lies_in_somebody_s_work_tree_has_not(package):
    (package.parent / "theirs.py").write_text("")
    _git(package, "add", "../theirs.py")
    _git(package, "commit", "-q", "-m", "theirs")
    assert source_version(package) in (RELEASE, _installed_commit())


@GIT
def test_without_git_it_is_the_version_that_is_installed(package, monkeypatch):
    _git(package, "add", ".")
    _git(package, "commit", "-q", "-m", "one")
    monkeypatch.setenv("PATH", "")
    assert source_version(package) in (RELEASE, _installed_commit())


def test_what_was_installed_from_a_repository_has_its_commit(tmp_path, monkeypatch):
    folder = tmp_path / "some_robot-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: some-robot\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert source_version(tmp_path, "some-robot") == "some-robot 1.0"
    vcs = '{"url": "https://example.org/r.git", "vcs_info": {"vcs": "git", "commit_id": "0123456789abcdef"}}'
    (folder / "direct_url.json").write_text(vcs)
    assert source_version(tmp_path, "some-robot") == "0123456789ab"
    assert source_version(tmp_path, "absent-robot") == ""


def _installed_commit() -> str:
    said = importlib.metadata.distribution("navila-sdk").read_text("direct_url.json") or ""
    return said.partition('"commit_id": "')[2][:12]
