"""What a planner is: built, told, asked; strict about instructions and options, and never upset by a frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from navila_sdk.actions import Action
from navila_sdk.errors import InstructionError, NavilaError
from navila_sdk.geometry import Pose2
from navila_sdk.observation import Observation
from navila_sdk.planner import Plan, Planner
from navila_sdk.plugins.loading import describe
from navila_sdk.testing.conformance.common import code_docs, module_docs
from navila_sdk.testing.conformance.planners.thinking import Thinking, shown
from navila_sdk.testing.conformance.values import Fault, Finding, check

_ODD_SIZES = ((1, 1), (1, 640), (480, 1), (37, 91), (720, 1280))


@check("builds")
def builds(thinking: Thinking) -> Iterator[Finding]:
    """The record has a summary, and makes something with reset and step."""
    if not thinking.record.summary.strip():
        yield Fault("summary", "empty", "one line for listings", thinking.mend("summary"))
    planner = thinking.make()
    missing = [name for name in ("reset", "step") if not callable(getattr(planner, name, None))]
    if missing:
        value = f"{type(planner).__name__} without {', '.join(missing)}"
        yield Fault("make(request)", value, "a navila_sdk.planner.Planner", thinking.code(planner))


@check("explained", "builds")
def explained(thinking: Thinking) -> Iterator[Finding]:
    """The module, the planner's class, reset and step have docstrings."""
    yield from module_docs(thinking)
    yield from code_docs(type(thinking.make()), ("reset", "step"))


@check("refuses-unknown", "builds")
def refuses_unknown(thinking: Thinking) -> Iterator[Finding]:
    """An option it doesn't know is refused with a NavilaError."""
    try:
        thinking.make(options={"no_such_option": 1})
    except NavilaError:
        return
    what = "make(options={'no_such_option': 1})"
    yield Fault(what, "taken without a word", "a NavilaError that names it (read_options)", thinking.mend("make"))


@check("refuses-empty", "builds")
def refuses_empty(thinking: Thinking) -> Iterator[Finding]:
    """An empty instruction is refused with an InstructionError."""
    for text in ("", "  \n"):
        planner = thinking.make()
        try:
            planner.reset(text)
        except InstructionError:
            continue
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything; that is the fault told
            value = f"raised {describe(error)}"
        else:
            value = "taken without a word"
        yield Fault(f"reset({text!r})", value, "InstructionError", thinking.code(planner, "reset"))
        return


@check("plans", "builds")
def plans(thinking: Thinking) -> Iterator[Finding]:
    """Each step returns a Plan, and a reset in between begins anew."""
    planner = thinking.told()
    for number in range(3):
        plan = planner.step(thinking.frame(number))
        if not isinstance(plan, Plan):  # pyright: ignore[reportUnnecessaryIsInstance]
            yield Fault("step()", repr(plan)[:120], "a navila_sdk.planner.Plan", thinking.code(planner))
            return
    planner.reset(thinking.instruction)
    planner.step(thinking.frame())


@check("step-before-reset", "builds")
def before_reset(thinking: Thinking) -> Iterator[Finding]:
    """Asked before it was told anything, it plans or raises a NavilaError, and nothing else."""
    planner = thinking.make()
    try:
        planner.step(thinking.frame())
    except NavilaError:
        return
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; that is the fault told
        value = f"raised {describe(error)}"
        yield Fault("step() before reset()", value, "a plan, or a PlannerError", thinking.code(planner))


@check("deterministic", "plans")
def deterministic(thinking: Thinking) -> Iterator[Finding]:
    """Two planners of one seed plan the same of the same frames, and so does one after a reset."""
    planner, other = thinking.told(seed=3), thinking.told(seed=3)
    first, second = shown(thinking.steps(planner)), shown(thinking.steps(other))
    if first != second:
        value = f"{_said(first)}, then {_said(second)}"
        yield Fault("plans of two planners of one seed", value, "the same", thinking.code(planner))
        return
    planner.reset(thinking.instruction)
    again = shown(thinking.steps(planner))
    if again != first:
        value = f"{_said(first)}, then {_said(again)}"
        yield Fault("plans after another reset", value, "the same", thinking.code(planner, "reset"))


@check("odd-frames", "plans")
def odd_frames(thinking: Thinking) -> Iterator[Finding]:
    """Frames of any size, black or white, get a plan or an ObservationError."""
    pictures = [np.zeros((height, width, 3), np.uint8) for height, width in _ODD_SIZES]
    pictures += [np.full((48, 64, 3), 255, np.uint8), np.zeros((48, 128, 3), np.uint8)[:, ::2]]
    for rgb in pictures:
        planner = thinking.told()
        observation = Observation(rgb, Pose2(), 0.0)
        try:
            plan = _asked(planner, observation)
        except NavilaError:
            continue
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything; that is the fault told
            value = f"raised {describe(error)}"
        else:
            if isinstance(plan, Plan):
                continue
            value = repr(plan)[:120]
        yield Fault(f"step() of a frame {rgb.shape}", value, "a Plan or an ObservationError", thinking.code(planner))
        return


def _asked(planner: Planner, observation: Observation) -> object:
    """Return what a planner answers, of whatever type it really is."""
    return planner.step(observation)


def _said(plans: list[tuple[Action, ...]]) -> str:
    return "; ".join(", ".join(str(action) for action in actions) or "nothing" for actions in plans)
