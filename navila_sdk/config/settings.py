"""The configuration as a typed value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.navigator_settings import NavigatorSettings

Table = Mapping[str, Any]
Tables = Mapping[str, Mapping[str, Any]]


@attrs.frozen(slots=True, kw_only=True)
class PluginSettings:
    """Which plugins to leave alone, and whether a broken one is fatal.

    Attributes:
        disable: Plugin names, ``kind/name`` or distributions.
        strict: Raise at a broken plugin instead of leaving it out.
    """

    disable: tuple[str, ...] = ()
    strict: bool = False


@attrs.frozen(slots=True, kw_only=True)
class Config:
    """One run's settings.

    Attributes:
        embodiment: Name of the robot.
        world: Name of what it lives in.
        planner: Name of the planner; "auto" chooses by the instruction.
        default_planner: What "auto" takes for an instruction that isn't wholly a motion command.
        scene: Scene name or path; None is the world's default.
        fidelity: One of the world's fidelities; None is its first.
        locomotion: Which policy walks in physics: a kind of the embodiment's, or a file; None is its first.
        seed: Seed of everything random.
        out: Folder for recordings.
        executor: How actions are tracked and given up.
        safety: What the safety chain allows.
        navigator: How the two clocks run.
        plugins: Which plugins to leave alone.
        planners: Options of each planner by name, checked by the planner itself.
        worlds: Options of each world by name, checked by the world itself.
        benchmarks: Options of each benchmark by name, checked by the benchmark itself.
        driver: Options of a real robot's driver, checked by the driver itself.
    """

    embodiment: str
    world: str
    planner: str
    default_planner: str
    scene: str | None = None
    fidelity: str | None = None
    locomotion: str | None = None
    seed: int = 0
    out: str = "runs"
    executor: ExecutorSettings = attrs.field(factory=ExecutorSettings)
    safety: SafetySettings = attrs.field(factory=SafetySettings)
    navigator: NavigatorSettings = attrs.field(factory=NavigatorSettings)
    plugins: PluginSettings = attrs.field(factory=PluginSettings)
    planners: Tables = attrs.field(factory=dict[str, Mapping[str, Any]])
    worlds: Tables = attrs.field(factory=dict[str, Mapping[str, Any]])
    benchmarks: Tables = attrs.field(factory=dict[str, Mapping[str, Any]])
    driver: Table = attrs.field(factory=dict[str, Any])
