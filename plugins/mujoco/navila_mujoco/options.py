"""The world's options (``[worlds.mujoco]`` in the config), read strictly: each problem with its path."""

from __future__ import annotations

import difflib
import enum
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from navila_sdk.errors import ConfigError

if TYPE_CHECKING:
    from cattrs import Converter

PATH = "worlds.mujoco"
MAX_SIDE_PX = 4096


class Renderer(enum.StrEnum):
    """How camera pictures are made: by casting rays on the processor, or by OpenGL."""

    RAYS = "rays"
    GL = "gl"


def _within(low: float, high: float) -> Callable[[Any, Any, float], None]:
    def check(_: object, __: object, value: float) -> None:
        if not low <= value <= high:  # NaN fails too
            raise ValueError(f"must lie between {low:g} and {high:g}; got {value!r}")

    return check


def _finite(_: object, __: object, value: tuple[float, ...] | None) -> None:
    if value is not None and not all(math.isfinite(number) for number in value):
        raise ValueError(f"must hold finite numbers; got {list(value)}")


def _sides(_: object, __: object, value: tuple[int, int] | None) -> None:
    if value is not None and not all(1 <= side <= MAX_SIDE_PX for side in value):
        raise ValueError(f"must be [width, height], each 1 to {MAX_SIDE_PX} pixels; got {list(value)}")


@attrs.frozen(slots=True, kw_only=True)
class WorldOptions:
    """What can be set about this world.

    Attributes:
        renderer: ``"rays"`` (default) or ``"gl"`` (needs pyopengl).
        step_s: Length of a world step.
        start: Where the robot begins, ``[x_m, y_m, yaw_rad]`` in the scene; None is the scene's own start.
        picture_px: Camera picture, ``[width, height]``; None is the embodiment's.
        scan_period_s: Age at which the safety range scan is cast anew.
        command_noise: Standard deviation of the motion's error at each step, as a fraction of the command.
        velocity_bias: Constant error of the motion, as a fraction of the command.
        odometry_noise: Standard deviation of each odometry increment's error, as a fraction of it.
        ceiling: Whether rooms have one.
    """

    renderer: Renderer = Renderer.RAYS
    step_s: float = attrs.field(default=0.02, validator=_within(0.001, 0.1))
    start: tuple[float, float, float] | None = attrs.field(default=None, validator=_finite)
    picture_px: tuple[int, int] | None = attrs.field(default=None, validator=_sides)
    scan_period_s: float = attrs.field(default=0.05, validator=_within(0.0, 0.25))
    command_noise: float = attrs.field(default=0.0, validator=_within(0.0, 1.0))
    velocity_bias: float = attrs.field(default=0.0, validator=_within(-0.5, 0.5))
    odometry_noise: float = attrs.field(default=0.0, validator=_within(0.0, 1.0))
    ceiling: bool = True


def _number(value: Any, _: object) -> float:  # noqa: ANN401 - whatever a config holds
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"must be a number; got {value!r:.60}")
    return float(value)


def _integer(value: Any, _: object) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number; got {value!r:.60}")
    return value


def _flag(value: Any, _: object) -> bool:  # noqa: ANN401
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false; got {value!r:.60}")
    return value


def _renderer(value: Any, _: object) -> Renderer:  # noqa: ANN401
    try:
        return Renderer(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Renderer)}; got {value!r:.60}") from None


def _reason(error: BaseException, _: object) -> str:
    return "must be a list of numbers" if isinstance(error, TypeError) else str(error)


def _converter() -> Converter:
    from cattrs import Converter

    converter = Converter()
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(int, _integer)
    converter.register_structure_hook(bool, _flag)
    converter.register_structure_hook(Renderer, _renderer)
    return converter


def _problems(error: Exception, path: str) -> list[str]:
    from cattrs import transform_error
    from cattrs.errors import BaseValidationError

    if not isinstance(error, BaseValidationError):
        return [f"{path}: {_reason(error, None)}"]
    lines = transform_error(error, path=path, format_exception=_reason)
    return [f"{where}: {reason}" for reason, _, where in (line.partition(" @ ") for line in lines)]


def read_options(options: Mapping[str, Any]) -> WorldOptions:
    """Return the options as a checked value.

    Raises:
        ConfigError: Lists every unknown name (with the nearest known one) and every unfit value.
    """
    from cattrs.errors import BaseValidationError

    fields = {field.name: field for field in attrs.fields(attrs.resolve_types(WorldOptions))}
    converter, problems, values = _converter(), list[str](), dict[str, Any]()
    for name, value in options.items():
        field = fields.get(name)
        if field is None:
            close = difflib.get_close_matches(str(name), fields, n=1)
            guess = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(fields)}"
            problems.append(f"{PATH}.{name}: no such option; {guess}")
            continue
        try:
            values[name] = converter.structure(value, field.type)
            if field.validator is not None:
                field.validator(None, field, values[name])
        except (BaseValidationError, TypeError, ValueError) as error:
            problems += _problems(error, f"{PATH}.{name}")
    if problems:
        raise ConfigError("the options of the world 'mujoco' don't fit:", problems)
    return WorldOptions(**values)
