"""A checkpoint with random weights in upstream's layout, and upstream's own outputs for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

TINY = Path(__file__).parent.parent / "data" / "tiny_navila"
CASES = ("full8", "short2")
"""With frames; of the third, long13, whose frames are 2 MB, only the ids are kept here."""
NEEDS = "the extra 'vla' isn't installed: pip install 'navila-sdk[vla]'"


@pytest.fixture(scope="session")
def golden():
    return np.load(TINY / "golden.npz")


@pytest.fixture(scope="session")
def told():
    """What each case was asked."""
    return json.loads((TINY / "golden_meta.json").read_text())["cases"]


@pytest.fixture(scope="session")
def model():
    torch = pytest.importorskip("torch", reason=NEEDS)
    pytest.importorskip("transformers", reason=NEEDS)
    pytest.importorskip("tokenizers", reason=NEEDS)
    from navila_sdk.vla.model import NavilaModel

    torch.set_num_threads(1)
    return NavilaModel.from_pretrained(TINY)


@pytest.fixture
def folder(tmp_path):
    """A copy of the checkpoint to damage."""
    target = tmp_path / "checkpoint"
    ignored = shutil.ignore_patterns("golden*")
    return Path(shutil.copytree(TINY, target, ignore=ignored))
