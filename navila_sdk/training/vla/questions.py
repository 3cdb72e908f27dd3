"""What a model is asked besides what to do: where something named is, how far, in which room. Labels cost nothing.

A small model that only imitates learns the way's statistics, not to look. Questions about things in a picture teach
it to look first (a pre-training), and go on beside the imitation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from navila_sdk.training.data.shards import Track

UNSEEN = "not in sight"


def bearing_words(degrees: int) -> str:
    """Return a bearing in steps of ten degrees: "20 degrees left", "straight ahead"."""
    tens = 10 * round(abs(degrees) / 10)
    return "straight ahead" if tens == 0 else f"{tens} degrees {'left' if degrees > 0 else 'right'}"


def distance_words(centimetres: float) -> str:
    """Return a distance in half metres up to 3 m, in metres beyond."""
    metres = centimetres / 100
    return f"{round(2 * metres) / 2:g} m" if metres < 3.25 else f"{round(metres)} m"


def where(track: Track, frame: int, index: int) -> tuple[str, str]:
    """Return the question where a thing is, and the answer."""
    name = track.things[index]
    # Several things may bear one name: the nearest in sight is meant.
    for seen, degrees, centimetres in track.seen[frame]:
        if track.things[seen] == name:
            return f"Where is the {name}?", f"{bearing_words(degrees)}, {distance_words(centimetres)}"
    return f"Where is the {name}?", UNSEEN


def picture_questions(track: Track, frame: int, count: int, random: np.random.Generator) -> list[tuple[str, str]]:
    """Return questions on one picture: two in three about what is in sight, one about the room now and then."""
    asked: list[tuple[str, str]] = []
    shown = [index for index, _, _ in track.seen[frame]]
    if track.rooms[frame] and random.uniform() < 0.4:
        asked.append(("Which room is this?", track.rooms[frame]))
    names = set[str]()
    while len(asked) < count:
        visible = bool(shown) and random.uniform() < 0.67
        pool: Sequence[int] = shown if visible else range(len(track.things))
        index = int(pool[int(random.integers(len(pool)))])
        if track.things[index] in names:
            count -= 1
            continue
        names.add(track.things[index])
        asked.append(where(track, frame, index))
    random.shuffle(asked)
    return asked


def corpus_lines() -> list[str]:
    """Return every answer and question there can be, without the names, for a tokenizer to learn from."""
    bearings = [bearing_words(degrees) for degrees in range(-60, 61, 10)]
    distances = [distance_words(cm) for cm in range(0, 1700, 50)]
    return [*bearings, *distances, UNSEEN, "Which room is this?", "Where is the", "How far is it still?"]
