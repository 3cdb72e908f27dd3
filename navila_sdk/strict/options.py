"""A plugin's own options (``[worlds.<name>]``, ``[planners.<name>]``) as a value of the plugin's own class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from navila_sdk.errors import ConfigError
from navila_sdk.strict.converter import shared_converter
from navila_sdk.strict.problems import structure_problems
from navila_sdk.strict.words import suggestion

Options = TypeVar("Options", bound=attrs.AttrsInstance)


def read_options(cls: type[Options], options: Mapping[str, Any], path: str) -> Options:
    """Return the options as an instance of an attrs class.

    Args:
        cls: attrs class whose fields are the options; field validators raise ValueError.
        options: As they stand in the configuration.
        path: Where they stand there, for the messages: ``worlds.mine``.

    Raises:
        ConfigError: Lists every unknown option (with the nearest known one) and every value that doesn't fit.
    """
    fields = {field.name: field for field in attrs.fields(attrs.resolve_types(cls))}
    converter = shared_converter()
    problems: list[str] = []
    values: dict[str, Any] = {}
    for name, value in options.items():
        field = fields.get(name)
        if field is None:
            known = ", ".join(fields) or "none"
            problems.append(f"{path}.{name}: no such option{suggestion(name, fields) or f'; known: {known}'}")
            continue
        try:
            values[name] = converter.structure(value, field.type)
            if field.validator is not None:
                field.validator(None, field, values[name])
        # cattrs groups whatever the hooks raise; all of it is the user's input.
        except Exception as error:  # noqa: BLE001
            problems += structure_problems(error, f"{path}.{name}")
    if problems:
        raise ConfigError(f"the options under [{path}] don't fit:", problems)
    return cls(**values)
