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


def in_sight(track: Track, frame: int, most: int = 4) -> tuple[str, str]:
    """Return the question what is in sight, and the answer: the nearest things' names from left to right."""
    nearest = sorted(track.seen[frame][:most], key=lambda seen: -seen[1])
    return "What is in sight?", ", ".join(track.things[index] for index, _, _ in nearest) or "nothing"


def what_is_at(track: Track, frame: int, place: int) -> tuple[str, str]:
    """Return the question what lies in the direction of one of the things in sight, and the answer."""
    index, degrees, _ = track.seen[frame][place]
    return f"What is {bearing_words(degrees)}?", track.things[index]


def picture_questions(track: Track, frame: int, count: int, random: np.random.Generator) -> list[tuple[str, str]]:
    """Return questions on one picture: what is in sight, what lies where, and where things are, in sight or not.

    Naming comes first for a small model: it learns colours and shapes from it before it learns to look for them.
    """
    asked: list[tuple[str, str]] = []
    shown = [index for index, _, _ in track.seen[frame]]
    if random.uniform() < 0.6:
        asked.append(in_sight(track, frame))
    if shown and random.uniform() < 0.5:
        asked.append(what_is_at(track, frame, int(random.integers(len(shown)))))
    if track.rooms[frame] and random.uniform() < 0.2:
        asked.append(("Which room is this?", track.rooms[frame]))
    names = set[str]()
    for _ in range(count - len(asked)):
        visible = bool(shown) and random.uniform() < 0.8
        pool: Sequence[int] = shown if visible else range(len(track.things))
        index = int(pool[int(random.integers(len(pool)))])
        if track.things[index] not in names:
            names.add(track.things[index])
            asked.append(where(track, frame, index))
    random.shuffle(asked)
    return asked


def corpus_lines() -> list[str]:
    """Return every answer and question there can be, without the names, for a tokenizer to learn from."""
    bearings = [bearing_words(degrees) for degrees in range(-60, 61, 10)]
    distances = [distance_words(cm) for cm in range(0, 1700, 50)]
    asked = [f"What is {words}?" for words in bearings]
    questions = ["How far is it still?", "Which room is this?", "Where is the", "What is in sight?"]
    return [*bearings, *distances, *asked, *questions, UNSEEN, "nothing"]
