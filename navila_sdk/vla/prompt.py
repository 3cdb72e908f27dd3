"""What the model is asked, to the letter: NaVILA's prompt in the llama_3 conversation template.

Source: NaVILA evaluation/vlnce_baselines/navila_trainer.py and llava/conversation.py. The odd newline before
". Your assigned task" and the single quotes' absence are theirs, and are what the model was trained on.
"""

from __future__ import annotations

from collections.abc import Iterable

from navila_sdk.errors import InstructionError
from navila_sdk.instruction import checked_instruction

IMAGE = "<image>"
SYSTEM = (
    "You are a helpful language and vision assistant. You are able to understand the visual content that the user "
    "provides, and assist the user with a variety of tasks using natural language."
)
BEGIN, END, TURN_END = "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"
HEADER, HEADER_END = "<|start_header_id|>", "<|end_header_id|>"
STOPS = (END, TURN_END)
"""Training ends an answer with the first, upstream's evaluators stop at the second; both are heeded."""
WORDLESS = "Go on."
"""The instruction of a control that gets none."""
THEN = "What then?"
"""Asks a model for the action after the one it just named."""


def task_text(instruction: str, num_frames: int) -> str:
    """Return the user's message, with an ``<image>`` for each frame."""
    history = f"{IMAGE}\n" * (num_frames - 1)
    return (
        "Imagine you are a robot programmed for navigation tasks. You have been given a video of historical "
        f"observations {history}, and current observation {IMAGE}\n. Your assigned task is: "
        f'"{instruction}" Analyze this series of images to decide your next action, which could be turning left or '
        "right by a specific degree, moving forward a certain distance, or stop if the task is completed."
    )


def prompt_text(instruction: str, num_frames: int, template: str = "") -> str:
    """Return the whole prompt, up to where the answer begins.

    Args:
        instruction: What to do, as the user wrote it.
        num_frames: Frames the model sees, the current one included.
        template: A checkpoint's own prompt with ``{frames}`` and ``{instruction}``; empty is NaVILA's.
    """
    if template:
        return template.replace("{frames}", IMAGE * num_frames).replace("{instruction}", instruction)

    def role(name: str) -> str:
        return f"{HEADER}{name}{HEADER_END}\n\n"

    message = task_text(instruction, num_frames)
    return f"{BEGIN}{role('system')}{SYSTEM}{TURN_END}{role('user')}{message}{TURN_END}{role('assistant')}"


def promptable(instruction: str, special: Iterable[str]) -> str:
    """Return a checked instruction that can't be mistaken for parts of the prompt.

    Args:
        instruction: As the user wrote it.
        special: The tokenizer's special tokens.

    Raises:
        InstructionError: It's empty, too long or binary, or holds ``<image>`` or a special token.
    """
    text = checked_instruction(instruction)
    held = [token for token in (IMAGE, *special) if token in text]
    if held:
        raise InstructionError(
            f"the instruction holds {held[0]!r}, which would change the prompt around it; leave it out: {text[:80]!r}"
        )
    return text
