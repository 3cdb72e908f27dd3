"""What the T1's tests need of the computer they run on; twin and driver start as everyone's (``tests.real.rig``)."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

HEADER = Path("/usr/include/fastdds/dds/domain/DomainParticipant.hpp")


def _lacking() -> list[str]:
    here = {
        "the vendor's SDK (pip install booster_robotics_sdk_python==1.6.3)": importlib.util.find_spec(
            "booster_robotics_sdk_python"
        ),
        "a C++ compiler (apt-get install g++)": shutil.which(os.environ.get("CXX") or "g++"),
        "Fast DDS (apt-get install libfastrtps-dev libfastcdr-dev)": HEADER.exists(),
    }
    return [name for name, found in here.items() if not found]


needs_robot = pytest.mark.skipif(bool(_lacking()), reason=f"missing here: {'; '.join(_lacking())}")
needs_compiler = pytest.mark.skipif(
    not HEADER.exists() or not shutil.which("g++"), reason="g++ or Fast DDS is missing here"
)
STALE = ("--set", "safety.sensor_stale_s=0.2")
EMPTY = ("--scene", "empty")
