"""The little SVG the report needs: elements as escaped text."""

from __future__ import annotations

from html import escape


def element(name: str, content: str = "", **attributes: object) -> str:
    """Return an SVG element; ``content`` is markup, attribute values are escaped, ``_`` means ``-``."""
    parts = [
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    return f"<{name}{''.join(parts)}>{content}</{name}>" if content else f"<{name}{''.join(parts)}/>"


def _text(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def color(rgb: tuple[int, int, int], factor: float = 1.0) -> str:
    """Return a CSS colour, darkened by ``factor``."""
    red, green, blue = (max(0, min(255, round(channel * factor))) for channel in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"
