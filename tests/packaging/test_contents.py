"""What the wheels and sdists hold: everything of the package, its licence, and nothing else."""

from __future__ import annotations

import email
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.house.source import DISTRIBUTIONS, ROOT
from tests.packaging.building import PACKAGE_OF, build, payload

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("folder", DISTRIBUTIONS)
def test_sdist_and_wheel_are_complete(folder: str, tmp_path: Path) -> None:
    build(folder, tmp_path)
    (sdist,) = tmp_path.glob("*.tar.gz")
    (wheel,) = tmp_path.glob("*.whl")
    _check_sdist(folder, sdist)
    _check_wheel(folder, wheel)


def _check_sdist(folder: str, sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    expected = payload(folder) | {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO"}
    assert expected <= names, f"{sdist.name} lacks {sorted(expected - names)}"


def _check_wheel(folder: str, wheel: Path) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        info = next(name.partition("/")[0] for name in names if ".dist-info/" in name)
        metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
        licence = archive.read(f"{info}/licenses/LICENSE")
    package = {name for name in names if not name.startswith(f"{info}/")}
    assert package == payload(folder), f"{wheel.name} and the tree differ by {package ^ payload(folder)}"
    assert f"{PACKAGE_OF[folder]}/py.typed" in package
    assert licence == (ROOT / "LICENSE").read_bytes()
    assert metadata["Name"] == project["name"]
    assert metadata["Version"] == project["version"]
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_payload(), f"{wheel.name} has no readme"
