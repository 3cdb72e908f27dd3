"""What happens to a vector when the robot's left and right swap: entries change places, some change sign."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from navila_sdk.errors import ConfigError
from navila_sdk.training.locomotion.recipe import Recipe


@attrs.frozen(slots=True)
class Mirror:
    """Entry i of the mirrored vector is ``sign[i] * x[source[i]]``.

    Raises:
        ValueError: Mirroring twice would not give the vector back.
    """

    source: tuple[int, ...]
    sign: tuple[float, ...]

    def __attrs_post_init__(self) -> None:
        for i, j in enumerate(self.source):
            if self.source[j] != i or self.sign[i] != self.sign[j]:
                raise ValueError(f"a mirror must undo itself; entries {i} and {j} don't")

    @property
    def size(self) -> int:
        """Length of the vector."""
        return len(self.source)

    @classmethod
    def signs(cls, *sign: float) -> Mirror:
        """Return a mirror that changes signs only."""
        return cls(tuple(range(len(sign))), tuple(float(s) for s in sign))

    @classmethod
    def swap(cls, names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Mirror:
        """Return a mirror that exchanges entries whose names differ by a pair of words."""
        partner = tuple(names.index(mirrored_name(name, pairs, names)) for name in names)
        return cls(partner, (1.0,) * len(names))

    @classmethod
    def joined(cls, parts: Sequence[Mirror]) -> Mirror:
        """Return the mirror of vectors laid end to end."""
        source: list[int] = []
        sign: list[float] = []
        for part in parts:
            source.extend(len(sign) + i for i in part.source)
            sign.extend(part.sign)
        return cls(tuple(source), tuple(sign))


def mirrored_name(name: str, pairs: Sequence[tuple[str, str]], known: Sequence[str]) -> str:
    """Return the name with left and right swapped.

    Raises:
        ConfigError: Nothing has that name.
    """
    for left, right in pairs:
        for old, new in ((left, right), (right, left)):
            if old in name:
                swapped = name.replace(old, new, 1)
                if swapped in known:
                    return swapped
                raise ConfigError(f"the recipe's mirror turns {name!r} into {swapped!r}, which isn't there")
    return name


def joint_mirror(recipe: Recipe, axes: Sequence[tuple[float, float, float]]) -> Mirror:
    """Return the mirror of joint angles: a rotation about y keeps its sign, one about x or z changes it.

    Args:
        recipe: Names and pairs.
        axes: Axis of each joint, aligned with a body axis.
    """
    names = list(recipe.joints)
    swap = Mirror.swap(names, recipe.mirror)
    return Mirror(swap.source, tuple(1.0 if abs(y) > 0.5 else -1.0 for _, y, _ in axes))
