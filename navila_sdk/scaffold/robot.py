"""What a new embodiment's record says: guesses marked as such, or what its model and its policy's card tell."""

from __future__ import annotations

import json
import math
from pathlib import Path

import attrs

from navila_sdk.actions import Verb
from navila_sdk.embodiment import HeightMapSpec
from navila_sdk.errors import ConfigError
from navila_sdk.locomotion.card import PolicyCard
from navila_sdk.locomotion.controller import check_joints
from navila_sdk.locomotion.policy import load_policy
from navila_sdk.scaffold.model import Model, read_model

GUESS = "chosen: a guess of navila new; measure it"
_SIZE_M = (0.5, 0.4, 0.5)


@attrs.frozen(slots=True)
class RobotFiles:
    """What there is of a robot.

    Attributes:
        model: Its MJCF.
        policy: Its locomotion policy.
        card: That policy's card.
        size_m: Length, width and height, where they were given.
    """

    model: Model | None = None
    policy: Path | None = None
    card: PolicyCard | None = None
    size_m: tuple[float, float, float] | None = None

    @classmethod
    def read(
        cls, mjcf: Path | None = None, policy: Path | None = None, size_m: tuple[float, float, float] | None = None
    ) -> RobotFiles:
        """Read a model and a policy, and check that they fit each other.

        Raises:
            ConfigError: The model can't be used, a policy comes without one, or the size isn't one.
            PolicyError: The policy can't be used, or drives joints the model doesn't have.
        """
        if size_m is not None and not all(math.isfinite(side) and 0.02 <= side <= 10 for side in size_m):
            raise ConfigError(f"--size is length, width and height in metres, 0.02 to 10 each; got {size_m}")
        if mjcf is None:
            if policy is not None:
                raise ConfigError(f"the policy {policy} needs the model it moves: add --mjcf FILE")
            return cls(size_m=size_m)
        model = read_model(mjcf)
        if policy is None:
            return cls(model, size_m=size_m)
        loaded = load_policy(policy)
        check_joints(loaded, model.joints)
        grid = loaded.card.height_map
        if grid is not None and grid.frame != "heading":
            raise ConfigError(
                f"{policy}: this policy sees a map in the frame {grid.frame!r}, made by one robot's LiDAR; "
                "write its record by hand (docs: Write a plugin)"
            )
        return cls(model, policy, loaded.card, size_m)


def record_text(files: RobotFiles, package: str) -> dict[str, str]:
    """Return the parts of the record's source that depend on the files, by their place in the template."""
    card, model = files.card, files.model
    base_m = card.base_height_m if card else (model.base_height_m if model else None) or 0.0
    length, width, height = files.size_m or (_SIZE_M[0], _SIZE_M[1], max(_SIZE_M[2], round(1.5 * base_m, 2)))
    base_m = base_m if 0 < base_m < height else round(0.4 * height, 3)
    limits = _limits(card)
    verbs = _verbs(limits)
    told = f"commands of {files.policy.name}" if files.policy else GUESS
    sources = {
        "limits": told,
        "limits.ax_max_mps2": GUESS,
        "limits.ay_max_mps2": GUESS,
        "limits.awz_max_radps2": GUESS,
        "footprint": "given to navila new" if files.size_m else GUESS,
        "footprint.clearance_m": GUESS,
        "base_height_m": f"the card of {files.policy.name}" if files.policy else GUESS,
        "camera": GUESS,
        "mapping": "chosen: NaVILA's speeds, within the limits",
        "control_hz": f"the rate of {files.policy.name}" if files.policy else "chosen: NaVILA-Bench's control rate",
    }
    optional: list[str] = []
    if card is not None and card.height_map is not None:
        optional += [_eye(length, base_m), _grid(card.height_map)]
        sources |= {"depth_camera": GUESS, "height_map": f"the card of {files.policy.name}" if files.policy else GUESS}
    if model is not None:
        optional.append(f'    model="{package}:{model.path.name}",\n')
    if card is not None:
        optional.append(f'    policies={{"{card.kind}": "{package}:{_policy_file(card)}"}},\n')
    speed = min(0.5, limits["vx_max_mps"] or -limits["vx_min_mps"])
    return {
        **{field: _number(value) for field, value in limits.items()},
        "length": _number(length),
        "width": _number(width),
        "height": _number(height),
        "base": _number(base_m),
        "clearance": _number(min(0.05, height / 10)),
        "camera_x": _number(length / 4),
        "camera_z": _number(0.9 * height),
        "forward": _number(speed),
        "lateral": _number(min(0.3, limits["vy_max_mps"]) or 0.3),
        "turn": _number(min(math.pi / 6, limits["wz_max_radps"] or 1.0)),
        "verbs": "Verb" if len(verbs) == len(Verb) else f"{{{', '.join(f'Verb.{verb.name}' for verb in verbs)}}}",
        "rate": _number(card.rate_hz if card else 50.0),
        "optional": "".join(optional),
        "sources": "".join(f'        "{path}": "{text}",\n' for path, text in sources.items()),
    }


def files_of(files: RobotFiles) -> dict[str, Path]:
    """Return the files a record names, by where they go in its package."""
    found: dict[str, Path] = {}
    if files.model is not None:
        found |= {str(part): files.model.path.parent / part for part in files.model.parts}
    if files.policy is not None and files.card is not None:
        found[_policy_file(files.card)] = files.policy
    return found


def _policy_file(card: PolicyCard) -> str:
    return f"policies/{card.kind}.onnx"


def _limits(card: PolicyCard | None) -> dict[str, float]:
    vx, vy, wz = (
        ((-0.4, 0.8), (0.0, 0.0), (-1.0, 1.0))
        if card is None
        else (card.commands.vx_mps, card.commands.vy_mps, card.commands.wz_radps)
    )
    lateral, turn = max(0.0, min(-vy[0], vy[1])), max(0.0, min(-wz[0], wz[1]))
    return {
        "vx_max_mps": max(vx[1], 0.0),
        "vx_min_mps": min(vx[0], 0.0),
        "vy_max_mps": lateral,
        "wz_max_radps": turn,
        "ax_max_mps2": 1.0,
        "ay_max_mps2": 1.0 if lateral else 0.0,
        "awz_max_radps2": 2.0,
    }


def _verbs(limits: dict[str, float]) -> list[Verb]:
    can = {
        "vx_max_mps": (Verb.MOVE_FORWARD,),
        "vx_min_mps": (Verb.MOVE_BACKWARD,),
        "wz_max_radps": (Verb.TURN_LEFT, Verb.TURN_RIGHT),
        "vy_max_mps": (Verb.STEP_LEFT, Verb.STEP_RIGHT),
    }
    return [*(verb for field, verbs in can.items() if limits[field] for verb in verbs), Verb.WAIT, Verb.STOP]


def _eye(length_m: float, base_m: float) -> str:
    return (
        f"    depth_camera=navila.Camera(\n        x_m={_number(length_m / 2)},\n        z_m={_number(base_m)},\n"
        "        pitch_rad=math.radians(45),\n        hfov_rad=math.radians(87),\n"
        "        width_px=48,\n        height_px=32,\n        rate_hz=10.0,\n    ),\n"
    )


def _grid(grid: HeightMapSpec) -> str:
    fields = attrs.asdict(grid).items()
    lines = (f"        {name}={json.dumps(v) if isinstance(v, str) else repr(v)},\n" for name, v in fields)
    return f"    height_map=navila.HeightMapSpec(\n{''.join(lines)}    ),\n"


def _number(value: float) -> str:
    """Return a number as people write it: no minus before zero, no more digits than mean something."""
    return repr(round(float(value) + 0.0, 4))
