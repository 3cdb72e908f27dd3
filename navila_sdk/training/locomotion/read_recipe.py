"""A robot's training recipe, read strictly."""

from __future__ import annotations

import tomllib
from pathlib import Path

from navila_sdk.embodiment import Embodiment
from navila_sdk.errors import CapabilityError, ConfigError
from navila_sdk.locomotion.choose import packaged_file
from navila_sdk.strict import strict_converter, structure_problems
from navila_sdk.training.locomotion.recipe import Recipe


def recipe_of(embodiment: Embodiment) -> Recipe:
    """Return the recipe an embodiment's record names.

    Raises:
        CapabilityError: It names none.
        ConfigError: The file doesn't fit; every problem is listed.
    """
    if embodiment.recipe is None:
        raise CapabilityError(f"{embodiment.name} has no training recipe; docs/locomotion.md says how to write one")
    return recipe_in(packaged_file(embodiment.recipe))


def recipe_in(path: Path) -> Recipe:
    """Return the recipe in a file.

    Raises:
        ConfigError: The file can't be read or doesn't fit; every problem is listed.
    """
    try:
        return strict_converter().structure(tomllib.loads(path.read_text(encoding="utf-8")), Recipe)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: this recipe can't be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this recipe isn't TOML: {error}") from None
    except Exception as error:  # noqa: BLE001 - the converter groups errors of every class
        problems = list(structure_problems(error, whole="the recipe"))
        raise ConfigError(f"{path}: this recipe doesn't fit:", problems) from None
