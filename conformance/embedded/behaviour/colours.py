"""Colours: those a record may be given, and the one it has where it was given none."""

from __future__ import annotations

import zlib

CHOICES = {
    "Silver": "#c0c0c0",
    "Gray": "#808080",
    "Black": "#000000",
    "Maroon": "#800000",
    "Brown": "#a52a2a",
    "Red": "#ff0000",
    "Orange": "#ffa500",
    "Gold": "#ffd700",
    "Yellow": "#ffff00",
    "Peach": "#ffdab9",
    "Khaki": "#f0e68c",
    "Olive": "#808000",
    "Lime": "#00ff00",
    "Jelly": "#9acd32",
    "Green": "#008000",
    "Teal": "#008080",
    "Aqua": "#00ffff",
    "LightBlue": "#add8e6",
    "DeepSky": "#00bfff",
    "Dodger": "#1e90ff",
    "Blue": "#0000ff",
    "Navy": "#000080",
    "Purple": "#800080",
    "Fuchsia": "#ff00ff",
    "Violet": "#ee82ee",
    "Rose": "#ffe4e1",
    "Lavender": "#E6E6FA",
}
"""The palette of `GET /api/config/colors`, by name."""

_OWN = tuple(CHOICES.values())


def safe(color: str | None, name: str | None) -> str:
    """The colour of a record: its own, or one that depends on its name alone."""
    return color or _OWN[zlib.crc32((name or "").encode()) % len(_OWN)]
