"""Between frame and answer nothing asks a device for a value, so that its queue never runs dry."""

from __future__ import annotations

import numpy as np
import pytest

from navila_sdk.observation import Observation
from navila_sdk.planners.navila import NavilaPlanner
from tests.vla.conftest import NEEDS

torch = pytest.importorskip("torch", reason=NEEDS)
pytest.importorskip("transformers", reason=NEEDS)


@pytest.fixture
def waits():
    """Return a context that notes every operation that would wait for a device."""
    from torch.utils._python_dispatch import TorchDispatchMode

    names = ("item", "_local_scalar_dense", "is_nonzero", "nonzero", "masked_select", "equal", "unique")

    class Waits(TorchDispatchMode):
        found: list[str]

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            del types
            name = func.__name__.split(".")[0]
            picked = name.startswith("index") and any(
                getattr(part, "dtype", None) is torch.bool
                for given in args[1:2]
                if isinstance(given, list)
                for part in given
            )
            if name in names or picked:
                self.found.append(name)
            return func(*args, **(kwargs or {}))

    made = Waits()
    made.found = []
    return made


def seen(seed):
    return Observation(np.random.default_rng(seed).integers(0, 256, (30, 40, 3), np.uint8))


def test_a_value_asked_for_is_noticed(waits):
    with waits, torch.inference_mode():
        assert int(torch.arange(4).sum()) == 6
        assert bool(torch.arange(3).any())
        assert torch.arange(3)[torch.arange(3) > 1].shape == (1,)
    assert waits.found == ["item", "is_nonzero", "index"]


def test_steps_wait_for_nothing_but_the_answer(model, waits):
    planners = [NavilaPlanner(model) for _ in range(3)]
    for number, planner in enumerate(planners):
        planner.reset(f"Walk past {number} doors.")
    with waits:
        for number in range(10):
            planners[0].step(seen(number))
        for number in range(3):
            NavilaPlanner.step_many([(planner, seen(number)) for planner in planners])
    assert waits.found == []
