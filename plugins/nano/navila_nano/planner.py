"""The planner: what is seen goes in, one of NaVILA's ten actions comes out, with its probability."""

from __future__ import annotations

import time
import weakref
from collections.abc import Sequence
from pathlib import Path

import attrs

from navila_nano.both_ways import BothWays
from navila_nano.model import NanoModel
from navila_nano.moves import Moves
from navila_nano.session import NanoSession, Sense
from navila_sdk.actions import Action, Stop
from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.observation import Observation
from navila_sdk.planner import Plan, PlannerRequest
from navila_sdk.strict import read_options, within

PATH = "planners.nano"
_loaded: weakref.WeakValueDictionary[tuple[str, int], NanoModel] = weakref.WeakValueDictionary()


@attrs.frozen(slots=True, kw_only=True)
class NanoOptions:
    """What can be set (``[planners.nano]``).

    Attributes:
        model: Folder of another model's ONNX files; empty is the one that comes along.
        threads: Processor threads.
        least_probability: A less likely action isn't taken: the robot holds and the episode says so. 0 takes any.
        least_stop: A stop less likely than that isn't taken; the likeliest of the rest is. 0 takes any.
        heed_moves: Whether a move that led nowhere is given up and a turn isn't taken back; see ``moves``.
        mirror: Whether the mirror image is asked, too, and both answers count; a step takes twice as long.
        without: What the model is kept from (images, instruction, history): a benchmark's controls.
    """

    model: str = ""
    threads: int = attrs.field(default=1, validator=within(1, 64))
    least_probability: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    least_stop: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    heed_moves: bool = True
    mirror: bool = True
    without: tuple[Sense, ...] = ()


class NanoPlanner:
    """Plans with the small model.

    Args:
        model: The model.
        options: How it answers.

    Raises:
        ConfigError: The model can't be asked of the mirror image, and is to be.
    """

    def __init__(self, model: NanoModel, options: NanoOptions | None = None) -> None:
        self._options = options or NanoOptions()
        session = NanoSession(model, self._options.without)
        self._session: NanoSession | BothWays = session
        if self._options.mirror:
            self._session = BothWays(session, NanoSession(model, self._options.without), model.trie.sentences)
        self._model = model
        self._name = model.name
        self._sentences = model.trie.sentences
        self._moves = Moves()
        self._actions = _actions_of(self._sentences) if self._options.heed_moves else ()

    def reset(self, instruction: str) -> None:
        """Start an episode.

        Raises:
            InstructionError: The instruction can't be put into a prompt, or makes it longer than the context.
        """
        self._session.reset(instruction)
        self._moves.reset()

    def watch(self, observation: Observation) -> None:
        """Take a frame into the history without answering it."""
        self._session.see(observation.rgb)

    def step(self, observation: Observation) -> Plan:
        """Return the action for what is seen now, or why there is none.

        Raises:
            ObservationError: The frame isn't an RGB picture.
        """
        began_s = time.perf_counter()
        self._session.see(observation.rgb)
        choice = self._session.answer()
        index = choice.index
        if self._actions:
            chances = self._unhurried(choice.probabilities)
            index = self._moves.best(self._actions, chances, observation.pose)
        text, chance = self._sentences[index], choice.probabilities[index]
        found = parse_action(text)
        if not isinstance(found, Unparsed) and chance < self._options.least_probability:
            reason = (
                f"the model is unsure: probability {chance:.2f}, and {self._options.least_probability:g} is asked for"
            )
            found = Unparsed(text, reason, (0, len(text)), "navila")
        sure = not isinstance(found, Unparsed)
        return Plan(
            (found,) if sure else (),
            observation.pose,
            observation.time_s,
            text,
            model_id=self._name,
            probabilities=(chance,) if sure else None,
            latency_s=time.perf_counter() - began_s,
            unparsed=None if sure else found,
        )

    def _unhurried(self, chances: Sequence[float]) -> list[float]:
        """Return probabilities with that of a stop that isn't likely enough left out."""
        least = self._options.least_stop
        return [
            0.0 if isinstance(action, Stop) and chance < least else chance
            for action, chance in zip(self._actions, chances, strict=True)
        ]


def _actions_of(sentences: Sequence[str]) -> tuple[Action, ...]:
    """Return what the sentences mean; nothing where one is no action."""
    found = [parse_action(text) for text in sentences]
    actions = tuple(action for action in found if not isinstance(action, Unparsed))
    return actions if len(actions) == len(found) else ()


def make(request: PlannerRequest) -> NanoPlanner:
    """Return the planner.

    Raises:
        ConfigError: An option doesn't fit.
        CheckpointError: The model can't be read.
    """
    options = read_options(NanoOptions, request.options, PATH)
    key = (options.model, options.threads)
    # Planners of one model share it: a server makes one planner for each robot.
    model = _loaded.get(key)
    if model is None:
        model = _loaded[key] = NanoModel(Path(options.model) if options.model else None, options.threads)
    return NanoPlanner(model, options)
