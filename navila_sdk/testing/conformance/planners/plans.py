"""What a planner says: actions in canonical sentences, that this body can do, stamped, named and timed."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.testing.conformance.planners.thinking import STEPS, Thinking
from navila_sdk.testing.conformance.values import Fault, Finding, check


@check("canonical-sentences", "plans")
def sentences(thinking: Thinking) -> Iterator[Finding]:
    """Every action's sentence reads back as that action; where there is none, the plan says why."""
    planner = thinking.told()
    for plan in thinking.steps(planner):
        for action in plan.actions:
            back = parse_action(str(action))
            if back != action:
                value = f"{str(action)!r} reads back as {back}"
                yield Fault("action", value, f"{action!r}", thinking.code(planner))
                return
        if not plan.actions and not (isinstance(plan.unparsed, Unparsed) and plan.unparsed.reason):
            yield Fault("plan.unparsed", repr(plan.unparsed), "Unparsed with its reason", thinking.code(planner))
            return


@check("says-what-it-said", "plans")
def raw(thinking: Thinking) -> Iterator[Finding]:
    """Each plan carries the planner's own text, and what made it."""
    planner = thinking.told()
    for plan in thinking.steps(planner):
        for what, text in (("raw", plan.raw), ("model_id", plan.model_id)):
            if not (isinstance(text, str) and text.strip()):  # pyright: ignore[reportUnnecessaryIsInstance]
                expected = "the text it came from" if what == "raw" else "what made the plan"
                yield Fault(f"plan.{what}", repr(text), expected, thinking.code(planner))
                return


@check("stamped", "plans")
def stamped(thinking: Thinking) -> Iterator[Finding]:
    """A plan carries pose and time of the frame it was made from: that is where its actions start."""
    planner = thinking.told()
    for number in range(STEPS):
        frame = thinking.frame(number)
        plan = planner.step(frame)
        if plan.pose != frame.pose or plan.time_s != frame.time_s:
            value, expected = f"{plan.pose} at {plan.time_s:g} s", f"{frame.pose} at {frame.time_s:g} s, the frame's"
            yield Fault(f"plan {number + 1}'s pose and time", value, expected, thinking.code(planner))
            return


@check("probabilities", "plans")
def probabilities(thinking: Thinking) -> Iterator[Finding]:
    """Probabilities, where there are any, are one for each action, 0 to 1."""
    planner = thinking.told()
    for plan in thinking.steps(planner):
        told = plan.probabilities
        if told is not None and (len(told) != len(plan.actions) or any(not 0 <= p <= 1 for p in told)):
            expected = f"{len(plan.actions)}, each 0 to 1"
            yield Fault("plan.probabilities", f"{told}", expected, thinking.code(planner))
            return


@check("within-the-body", "plans")
def within(thinking: Thinking) -> Iterator[Finding]:
    """It asks for nothing the embodiment doesn't declare."""
    planner = thinking.told()
    for plan in thinking.steps(planner):
        beyond = [action for action in plan.actions if action.verb not in thinking.body.verbs]
        if beyond:
            able = f"what {thinking.body.name} declares: {', '.join(sorted(thinking.body.verbs))}"
            yield Fault("action", str(beyond[0]), able, thinking.code(planner))
            return


@check("latency", "plans")
def latency(thinking: Thinking) -> Iterator[Finding]:
    """The latency a plan reports is a time it can have taken; 0 leaves the measuring to the navigator."""
    planner = thinking.told()
    for number in range(STEPS):
        start_s = time.perf_counter()
        plan = planner.step(thinking.frame(number))
        took_s = time.perf_counter() - start_s
        if not (math.isfinite(plan.latency_s) and 0 <= plan.latency_s <= took_s + 1e-3):
            expected = f"seconds, 0 to the {took_s:.4f} s the step took"
            yield Fault("plan.latency_s", f"{plan.latency_s!r}", expected, thinking.code(planner))
            return
