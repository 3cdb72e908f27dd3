"""Several robots answered together: one pass of the tower, one over all prompts, one over all tries.

What fails for one robot is that robot's answer; a pass that fails, for want of memory say, is done again in halves, so
that the others get theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from navila_sdk.errors import NavilaError, PlannerError
from navila_sdk.vla.decode import Block, Prefill
from navila_sdk.vla.model import Answer, NavilaModel
from navila_sdk.vla.session import Session

Prompt = tuple[Prefill, list[Block]]
MOST_FRAMES = 32
MOST_TOKENS = 32_768
"""In one pass; beyond it what lies between two layers would outgrow the weights."""
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")


def answer_together(asked: Sequence[tuple[Session, NDArray[np.uint8]]]) -> list[Answer | NavilaError]:
    """Take in each session's current frame, and return what the model says to each within the grammar.

    Args:
        asked: Sessions of one model, no session twice, with frames uint8 (H, W, 3).

    Returns:
        An answer for each, or why there is none.

    Raises:
        ValueError: A session is there twice, or the sessions don't share a model.
    """
    if len({id(session) for session, _ in asked}) < len(asked):
        raise ValueError("a session is asked twice at once")
    if len({id(session.model) for session, _ in asked}) > 1:
        raise ValueError("sessions answered together share one model")
    failed: dict[int, NavilaError] = {}
    if not asked:
        return []
    model = asked[0][0].model

    def prompt(number: int, tokens: Tensor) -> Prompt:
        session = asked[number][0]
        session.see_tokens(tokens)
        return session.prompt()

    pixels = _each(dict(enumerate(asked)), lambda _, one: model.pixels(one[1]), failed)
    tokens = _in_parts(pixels, model.encode_pixels, lambda _: 1, MOST_FRAMES, failed)
    prompts = _each(tokens, prompt, failed)
    answers = _in_parts(prompts, lambda part: _choose(model, part), _size, MOST_TOKENS, failed)
    return [failed[number] if number in failed else answers[number] for number in range(len(asked))]


def _choose(model: NavilaModel, prompts: Sequence[Prompt]) -> list[Answer]:
    return model.choose([prefill for prefill, _ in prompts], [blocks for _, blocks in prompts])


def _size(prompt: Prompt) -> int:
    return sum(int(block.embeddings.shape[0]) for block in prompt[1])


def _each(items: Mapping[K, V], call: Callable[[K, V], R], failed: dict[K, NavilaError]) -> dict[K, R]:
    """Return what ``call`` makes of each item; what it raises goes to ``failed``."""
    found: dict[K, R] = {}
    for key, item in items.items():
        try:
            found[key] = call(key, item)
        except NavilaError as error:
            failed[key] = error
    return found


def _in_parts(
    items: Mapping[K, V],
    call: Callable[[list[V]], list[R]],
    size: Callable[[V], int],
    most: int,
    failed: dict[K, NavilaError],
) -> dict[K, R]:
    """Return what ``call`` makes of the items, as many at once as fit and succeed; the rest goes to ``failed``."""
    keys = list(items)
    if len(keys) > 1 and sum(size(item) for item in items.values()) > most:
        return _halves(items, call, size, most, failed)
    try:
        return dict(zip(keys, call(list(items.values())) if keys else [], strict=True))
    except RuntimeError as error:
        if len(keys) > 1:
            return _halves(items, call, size, most, failed)
        failed[keys[0]] = PlannerError(f"the model failed: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
        return {}


def _halves(
    items: Mapping[K, V],
    call: Callable[[list[V]], list[R]],
    size: Callable[[V], int],
    most: int,
    failed: dict[K, NavilaError],
) -> dict[K, R]:
    keys = list(items)
    found: dict[K, R] = {}
    for part in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
        found |= _in_parts({key: items[key] for key in part}, call, size, most, failed)
    return found
