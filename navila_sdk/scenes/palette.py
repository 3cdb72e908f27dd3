"""Colours by the word an instruction would use: strong ones for landmarks, calm ones for furniture and rooms."""

from __future__ import annotations

Rgb = tuple[int, int, int]

LANDMARK_COLORS: dict[str, Rgb] = {
    "red": (208, 38, 38),
    "blue": (32, 82, 204),
    "green": (36, 150, 62),
    "yellow": (240, 200, 30),
    "orange": (240, 124, 24),
    "purple": (128, 52, 168),
    "pink": (236, 110, 168),
}

FURNITURE_COLORS: dict[str, Rgb] = {
    "grey": (128, 132, 138),
    "white": (238, 238, 234),
    "black": (46, 46, 50),
    "brown": (122, 82, 50),
    "beige": (208, 190, 158),
    "teal": (36, 118, 122),
    "navy": (36, 48, 92),
    "olive": (112, 116, 62),
    "green": (62, 122, 66),
}

WOODS = ("brown", "beige", "white")
FABRICS = ("grey", "beige", "teal", "navy", "olive")

WALL_RGB: Rgb = (222, 219, 212)

# name -> floor and wall colour
ROOM_COLORS: dict[str, tuple[Rgb, Rgb]] = {
    "corridor": ((186, 172, 150), (234, 230, 220)),
    "living room": ((176, 134, 92), (236, 226, 206)),
    "kitchen": ((206, 204, 196), (240, 232, 204)),
    "bedroom": ((150, 156, 176), (216, 222, 234)),
    "bathroom": ((168, 196, 204), (222, 236, 238)),
    "dining room": ((158, 112, 76), (234, 216, 204)),
    "study": ((134, 150, 128), (222, 230, 214)),
}
