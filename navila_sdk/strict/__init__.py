"""Outside values to typed ones, strictly: nothing coerced, every problem at once, each with its path.

Plugins read their own options with ``read_options``; configuration and scenes stand on the same converter.
"""

from navila_sdk.strict.bytes import read_at_most
from navila_sdk.strict.checks import check_picture_px, is_websocket_url, picture_sides, within
from navila_sdk.strict.converter import checked_table, shared_converter, strict_converter
from navila_sdk.strict.options import read_options
from navila_sdk.strict.problems import structure_problems
from navila_sdk.strict.words import found, suggestion

__all__ = [
    "check_picture_px",
    "checked_table",
    "found",
    "is_websocket_url",
    "picture_sides",
    "read_at_most",
    "read_options",
    "shared_converter",
    "strict_converter",
    "structure_problems",
    "suggestion",
    "within",
]
