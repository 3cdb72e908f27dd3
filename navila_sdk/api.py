"""The front door: load a planner, connect a robot, navigate; composed from the rooms below.

Names come from the configuration where they aren't given (``navila.toml`` beside you, then the defaults).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from navila_sdk.config import Config, check_asked, load_config
from navila_sdk.embodiment import Embodiment
from navila_sdk.episode import Episode
from navila_sdk.errors import ConfigError, NavilaError, PluginLoadError
from navila_sdk.events import Listener
from navila_sdk.execution.outcome import ExecutorSettings
from navila_sdk.execution.safety.settings import SafetySettings
from navila_sdk.navigator import Navigator
from navila_sdk.navigator_settings import NavigatorSettings
from navila_sdk.observation import Observation
from navila_sdk.planner import Plan, Planner, PlannerRequest, watch_of
from navila_sdk.plugins import Plugins
from navila_sdk.plugins.loading import describe
from navila_sdk.robot import Robot
from navila_sdk.strict import found
from navila_sdk.world import Clocked, Driver, WorldRequest

if TYPE_CHECKING:
    from navila_sdk.scenes import Scene


Made = TypeVar("Made")


@attrs.frozen(slots=True)
class LoadedPlanner:
    """A planner that remembers how it was loaded, so that a recording can say so and replay load it again.

    Attributes:
        name: Registered name.
        options: Options it was built with.
        seed: Seed it was built with.
        planner: The planner itself.
    """

    name: str
    options: Mapping[str, Any]
    seed: int
    planner: Planner

    def reset(self, instruction: str) -> None:
        """Start a new episode."""
        self.planner.reset(instruction)

    def step(self, observation: Observation) -> Plan:
        """Return the plan for what is seen now."""
        return self.planner.step(observation)

    @property
    def watch(self) -> Callable[[Observation], None]:
        """What takes a frame into the planner's history; no attribute at all where it keeps none."""
        watch = watch_of(self.planner)
        if watch is None:
            raise AttributeError("this planner keeps no history")
        return watch

    @property
    def label(self) -> str:
        """The name, with the planner it handed over to, if it did."""
        chosen = getattr(self.planner, "chosen", None)
        return f"{self.name} ({chosen})" if chosen else self.name


def connect(
    embodiment: str | Embodiment | None = None,
    *,
    world: str | None = None,
    scene: str | Path | Scene | None = None,
    fidelity: str | None = None,
    locomotion: str | Path | None = None,
    seed: int | None = None,
    options: Mapping[str, Any] | None = None,
    executor: ExecutorSettings | None = None,
    safety: SafetySettings | None = None,
    pace: float | None = None,
    config: Config | None = None,
    plugins: Plugins | None = None,
) -> Robot:
    """Return a live robot: an embodiment in a world, behind the safety chain.

    Args:
        embodiment: Name of a registered embodiment, or a record of your own.
        world: Name of a registered world.
        scene: What the world shall hold: ``"apartment:7"``, ``"empty"``, a scene JSON, a Scene.
        fidelity: One of the world's fidelities.
        locomotion: Which policy walks in physics: a kind of the embodiment's ("blind", "vision"), or a file.
        seed: Seed of everything random in the world.
        options: The world's own options; laid over ``[worlds.<name>]`` of the config.
        executor: How actions are tracked.
        safety: What the safety chain allows.
        pace: Simulated seconds per wall second at most; None is as fast as possible.
        config: Configuration; the one found beside you where it isn't given.
        plugins: Where names are looked up.

    Raises:
        UnknownNameError: No such embodiment, world or scene.
        PluginError: The plugin behind a name can't be used.
        ConfigError: The configuration, an option or an argument doesn't fit.
        CapabilityError: The world lacks what is asked of it: that fidelity, such a body.
    """
    _check_kinds(config=(config, Config), plugins=(plugins, Plugins), options=(options, Mapping))
    _check_kinds(executor=(executor, ExecutorSettings), safety=(safety, SafetySettings))
    asked = {"world": world, "fidelity": fidelity, "seed": seed, "pace": pace}
    # A scene or a policy may be a path; what a scene is, is told where it's loaded.
    asked["locomotion"] = str(locomotion) if isinstance(locomotion, Path) else locomotion
    check_asked({**asked, "embodiment": None if isinstance(embodiment, Embodiment) else embodiment})
    config = config or load_config().config
    plugins = plugins or Plugins.from_config(config)
    named = embodiment if embodiment is not None else config.embodiment
    body = named if isinstance(named, Embodiment) else plugins.embodiment(named)
    record = plugins.world(world or config.world)
    lived = record.offered(fidelity or config.fidelity)
    wanted = {**config.worlds.get(record.name, {}), **(options or {})}
    body = _built("world", record.name, lambda: record.embodied(body, wanted))
    request = WorldRequest(
        embodiment=body,
        scene=str(scene) if isinstance(scene, Path) else scene if scene is not None else config.scene,
        fidelity=fidelity or config.fidelity,
        locomotion=str(locomotion) if locomotion is not None else config.locomotion,
        seed=config.seed if seed is None else seed,
        options=wanted,
        driver=config.driver,
    )
    driver = _built("world", record.name, lambda: record.make(request))
    return Robot(
        body,
        driver,
        executor=executor or config.executor,
        safety=safety or config.safety,
        pace=pace,
        clock=driver.clock if isinstance(driver, Clocked) else None,
        made_from={
            "embodiment": body.name,
            "world": record.name,
            "fidelity": lived,
            "locomotion": request.locomotion,
            "seed": request.seed,
            "options": dict(request.options),
        },
    )


def world_from(plugins: Plugins, config: Config, body: Embodiment, scene: Scene | None = None) -> Driver:
    """Return a body in the configured world, without the safety chain: for what isn't driven by users.

    Args:
        plugins: Where names are looked up.
        config: Which world, and how.
        body: The robot.
        scene: Where it stands; the configured scene where it isn't given.

    Raises:
        UnknownNameError: No such world or scene.
        PluginError: The world can't be built.
        ConfigError: An option doesn't fit.
    """
    record = plugins.world(config.world)
    options = config.worlds.get(record.name, {})
    request = WorldRequest(
        embodiment=_built("world", record.name, lambda: record.embodied(body, options)),
        scene=scene or config.scene,
        fidelity=config.fidelity,
        locomotion=config.locomotion,
        seed=config.seed,
        options=options,
        driver=config.driver,
    )
    return _built("world", record.name, lambda: record.make(request))


def load_planner(
    name: str | None = None,
    *,
    robot: Robot | None = None,
    seed: int | None = None,
    config: Config | None = None,
    plugins: Plugins | None = None,
    **options: Any,  # noqa: ANN401 - a planner's own options, checked by the planner
) -> LoadedPlanner:
    """Return a planner by name.

    Args:
        name: Name of a registered planner; the configured one where it isn't given.
        robot: The robot it plans for; planners that need the embodiment or the map say so without it.
        seed: Seed for whatever the planner draws.
        config: Configuration; the one found beside you where it isn't given.
        plugins: Where names are looked up.
        **options: The planner's own options; laid over ``[planners.<name>]`` of the config.

    Raises:
        UnknownNameError: No such planner.
        PluginError: The plugin behind the name can't be used.
        ConfigError: An argument or an option doesn't fit.
    """
    _check_kinds(config=(config, Config), plugins=(plugins, Plugins), robot=(robot, Robot))
    check_asked({"planner": name, "seed": seed})
    config = config or load_config().config
    build = planner_from(
        plugins or Plugins.from_config(config),
        config,
        config.seed if seed is None else seed,
        robot.embodiment if robot else None,
        robot.scene if robot else None,
    )
    return build(name or config.planner, options)


def planner_from(
    plugins: Plugins, config: Config, seed: int, body: Embodiment | None, scene: Scene | None
) -> Callable[[str, Mapping[str, Any]], LoadedPlanner]:
    """Return a function that builds a planner by name with options of its own.

    Args:
        plugins: Where names are looked up.
        config: Gives each planner its configured options, and the default planner's name.
        seed: Seed for whatever the planner draws.
        body: The robot it plans for.
        scene: The scene, for privileged planners.
    """

    def build(name: str, extra: Mapping[str, Any]) -> LoadedPlanner:
        options = {**config.planners.get(name, {}), **extra}
        request = PlannerRequest(
            options=options,
            seed=seed,
            embodiment=body,
            scene=scene,
            # Not ``build`` itself: a function that holds itself holds its scene until the next collection.
            load=lambda other: planner_from(plugins, config, seed, body, scene)(other, {}),
            default_planner=config.default_planner or None,
        )
        make = plugins.planner(name).make
        return LoadedPlanner(name, options, seed, _built("planner", name, lambda: make(request)))

    return build


def _check_kinds(**given: tuple[object, type | tuple[type, ...]]) -> None:
    """Make sure that arguments are None or of the class they are of.

    Raises:
        ConfigError: One isn't.
    """
    for name, (value, kinds) in given.items():
        if value is not None and not isinstance(value, kinds):
            names = " or ".join(kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
            raise ConfigError(f"{name}: expected {names}, {found(value)}")


def _built(kind: str, name: str, make: Callable[[], Made]) -> Made:
    """Return what a plugin builds; whatever goes wrong in there is told with the plugin's name.

    Raises:
        NavilaError: As the plugin raised it.
        PluginLoadError: The plugin raised something else.
    """
    try:
        return make()
    except (NavilaError, KeyboardInterrupt):
        raise
    # A plugin's code: a vendor's SDK that is missing or calls sys.exit() must not look like a fault of ours.
    except BaseException as error:
        remedy = f"to see where, run with NAVILA_TRACEBACK=1; navila plugins {name} says where the {kind} comes from"
        raise PluginLoadError(f"the {kind} {name!r} could not be built: {describe(error)}; {remedy}") from error


def navigate(
    planner: Planner,
    robot: Robot,
    instruction: str,
    *,
    settings: NavigatorSettings | None = None,
    record: bool = True,
    out: str | Path | None = None,
    listeners: Sequence[Listener] = (),
) -> Episode:
    """Carry out an instruction on two clocks and record it.

    Args:
        planner: What decides.
        robot: What moves.
        instruction: What to do, in words.
        settings: How the two clocks run.
        record: Whether to write ``episode.mcap``, ``run.json`` and ``report.html``.
        out: Folder to write them to; a new one under ``runs/`` where it isn't given.
        listeners: Called with every event.

    Raises:
        InstructionError: The instruction is empty, too long or not understood.
        OutputError: The output folder can't be written.
        ConfigError: An argument doesn't fit.
    """
    _check_kinds(settings=(settings, NavigatorSettings), out=(out, (str, Path)))
    for name, value, does in (("planner", planner, ("reset", "step")), ("robot", robot, ("drive", "observe"))):
        if not all(callable(getattr(value, method, None)) for method in does):
            raise ConfigError(f"the {name} must have {' and '.join(does)}; got {value!r:.80}")
    if out == "":
        raise ConfigError("out: expected a folder; got an empty text; leave it out for a new one under runs/")
    from navila_sdk.session import record_episode

    navigator = Navigator(planner, robot, settings)
    for listener in listeners:
        robot.listen(listener)
    try:
        if not record:
            return navigator.navigate(instruction)
        return record_episode(navigator, robot, instruction, Path(out) if out is not None else None, planner=planner)
    finally:
        for listener in listeners:
            robot.unlisten(listener)
