"""Colors as style sheets know them."""

from __future__ import annotations

BLACK = "#000000"


def hexadecimal(color: str) -> str:
    """A color of CSS as #rrggbb; black for one that isn't known."""
    from PIL import ImageColor

    try:
        red, green, blue, *_ = ImageColor.getrgb(color.strip())
    except ValueError:
        return BLACK
    return f"#{red:02x}{green:02x}{blue:02x}"
