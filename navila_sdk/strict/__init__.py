"""Outside values to typed ones, strictly: nothing coerced, every problem at once, each with its path.

Plugins read their own options with ``read_options``; configuration and scenes stand on the same converter.
"""

from navila_sdk.strict.checks import within
from navila_sdk.strict.converter import strict_converter
from navila_sdk.strict.options import read_options
from navila_sdk.strict.problems import structure_problems
from navila_sdk.strict.words import found, suggestion

__all__ = [
    "found",
    "read_options",
    "strict_converter",
    "structure_problems",
    "suggestion",
    "within",
]
