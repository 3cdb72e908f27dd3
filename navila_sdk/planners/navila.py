"""``navila``: the vision-language-action model itself, from a checkpoint in upstream's layout.

This module is read by listings, so torch and transformers come in when a model is loaded, not before.
"""

from __future__ import annotations

import logging
import math
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs

from navila_sdk.errors import ConfigError, NavilaError
from navila_sdk.grammar import Unparsed, parse_action
from navila_sdk.planner import Plan, PlannerRecord, PlannerRequest
from navila_sdk.strict import read_options, within

if TYPE_CHECKING:
    from navila_sdk.embodiment import Embodiment
    from navila_sdk.observation import Observation
    from navila_sdk.vla.model import Answer, NavilaModel

__all__ = ["NavilaModel", "NavilaPlanner", "NavilaPlannerOptions", "record"]

TRAINED_HEIGHT_M, TRAINED_HFOV_RAD = 1.25, math.pi / 2
"""The camera of the simulator that the published model's data come from (VLN-CE: 1.25 m, 90 degrees)."""
_HEIGHT_TOLERANCE_M, _HFOV_TOLERANCE_RAD = 0.15, math.radians(8)
_log = logging.getLogger(__name__)
_loaded: weakref.WeakValueDictionary[tuple[object, ...], NavilaModel] = weakref.WeakValueDictionary()


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name == "NavilaModel":
        from navila_sdk.vla.model import NavilaModel

        return NavilaModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@attrs.frozen(slots=True, kw_only=True)
class NavilaPlannerOptions:
    """What can be set (``[planners.navila]``).

    Attributes:
        checkpoint: Folder in upstream's layout, or hub id.
        dtype: ``float32``, ``bfloat16`` or ``float16``.
        device: Where, as torch names it: ``cpu``, ``cuda``, ``mps``.
        quantize: ``int8`` or ``int4`` stores the language model's weights so (extra quantize); empty doesn't.
        compile: Compile what answers one robot, when the model is loaded.
        decode: ``grammar`` answers within the ten trained sentences; ``free`` writes text and parses it.
        dialect: How free text is read.
        max_new_tokens: Longest free text.
        least_probability: A less likely action isn't taken: the robot holds and the episode says so. 0 takes any.
        least_mass: The same where the model would rather say something outside the grammar.
    """

    checkpoint: str = ""
    dtype: str = "float32"
    device: str = "cpu"
    quantize: Literal["", "int8", "int4"] = ""
    compile: bool = False
    decode: Literal["grammar", "free"] = "grammar"
    dialect: str = "navila"
    max_new_tokens: int = attrs.field(default=32, validator=within(1, 4096))
    least_probability: float = attrs.field(default=0.0, validator=within(0.0, 1.0))
    least_mass: float = attrs.field(default=0.0, validator=within(0.0, 1.0))


class NavilaPlanner:
    """Plans with a model.

    Args:
        model: The model.
        options: How it answers.
        seed: Seed of the draws when free text is asked for again.

    Attributes:
        last: What the model said at the last step, with probabilities and times.
    """

    def __init__(self, model: NavilaModel, options: NavilaPlannerOptions | None = None, seed: int = 0) -> None:
        from navila_sdk.vla.session import Session

        self._options = options or NavilaPlannerOptions()
        self._session = Session(model, seed)
        self._model_id = model.config.folder.name
        self.last: Answer | None = None

    def reset(self, instruction: str) -> None:
        """Start an episode.

        Raises:
            InstructionError: The instruction can't be put into a prompt, or makes it longer than the context.
        """
        self._session.reset(instruction)
        self.last = None

    def watch(self, observation: Observation) -> None:
        """Take a frame into the history without answering it.

        Raises:
            ObservationError: The frame isn't an RGB picture.
        """
        self._session.see(observation.rgb)

    def step(self, observation: Observation) -> Plan:
        """Return the action for what is seen now, or why there is none.

        Raises:
            ObservationError: The frame isn't an RGB picture.
        """
        options = self._options
        dialect = self._dialect
        self._session.see(observation.rgb)
        answer = self._session.answer(
            options.decode,
            options.max_new_tokens,
            lambda text: not isinstance(parse_action(text, dialect=dialect), Unparsed),
        )
        return self._plan(observation, answer)

    @staticmethod
    def camera_gaps(height_m: float, hfov_rad: float) -> list[str]:
        """Return how a robot's camera differs from the one the published model was trained with."""
        gaps: list[str] = []
        if abs(height_m - TRAINED_HEIGHT_M) > _HEIGHT_TOLERANCE_M:
            gaps.append(f"it sits {height_m:.2f} m high, not {TRAINED_HEIGHT_M:g}")
        if abs(hfov_rad - TRAINED_HFOV_RAD) > _HFOV_TOLERANCE_RAD:
            gaps.append(f"it sees {math.degrees(hfov_rad):.0f} degrees, not 90")
        return gaps

    @property
    def batch_key(self) -> object:
        """The model, where answers are chosen within the grammar; free text is written robot by robot."""
        return id(self._session.model) if self._options.decode == "grammar" else None

    @staticmethod
    def step_many(asked: Sequence[tuple[NavilaPlanner, Observation]]) -> list[Plan | NavilaError]:
        """Return for each robot what ``step`` would, or the error it would raise, all in one pass of the model.

        Args:
            asked: Planners of one ``batch_key``, no planner twice, and what each robot sees.
        """
        from navila_sdk.vla.together import answer_together

        answers = answer_together([(planner._session, observation.rgb) for planner, observation in asked])
        return [
            answer if isinstance(answer, NavilaError) else planner._plan(observation, answer)
            for (planner, observation), answer in zip(asked, answers, strict=True)
        ]

    @property
    def _dialect(self) -> str:
        return "navila" if self._options.decode == "grammar" else self._options.dialect

    def _plan(self, observation: Observation, answer: Answer) -> Plan:
        options, dialect = self._options, self._dialect
        self.last = answer
        found = parse_action(answer.text, dialect=dialect)
        chance: float | None = None
        if answer.choice is not None and not isinstance(found, Unparsed):
            chance = answer.choice.probabilities[answer.choice.index]
            doubt = _doubt(chance, answer.choice.legal_mass, options)
            if doubt:
                found = Unparsed(answer.text, doubt, (0, len(answer.text)), dialect)
        sure = not isinstance(found, Unparsed)
        return Plan(
            (found,) if sure else (),
            observation.pose,
            observation.time_s,
            answer.text,
            model_id=self._model_id,
            probabilities=(chance,) if sure and chance is not None else None,
            unparsed=None if sure else found,
        )


def _doubt(chance: float, mass: float, options: NavilaPlannerOptions) -> str:
    if chance < options.least_probability:
        return f"the model is unsure: probability {chance:.2f}, and {options.least_probability:g} is asked for"
    if mass < options.least_mass:
        return f"the model would rather say something else: the ten sentences hold {mass:.2g} of its probability"
    return ""


def camera_gaps(body: Embodiment) -> list[str]:
    """Return how a body's camera differs from the one the published model was trained with."""
    return NavilaPlanner.camera_gaps(body.camera.z_m, body.camera.hfov_rad)


def _make(request: PlannerRequest) -> NavilaPlanner:
    options = read_options(NavilaPlannerOptions, request.options, "planners.navila")
    if not options.checkpoint:
        raise ConfigError(
            "the planner 'navila' needs a checkpoint",
            (
                "planners.navila.checkpoint: a folder in upstream's layout, or a hub id such as "
                "'a8cheng/navila-llama3-8b-8f'",
            ),
        )
    from navila_sdk.vla.loading import tell
    from navila_sdk.vla.model import NavilaModel

    if request.embodiment is not None:
        gaps = camera_gaps(request.embodiment)
        if gaps:
            _log.warning(
                "%s's camera isn't the one the published NaVILA was trained with: %s; expect worse choices",
                request.embodiment.name,
                "; ".join(gaps),
            )
    key = (options.checkpoint, options.dtype, options.device, options.quantize, options.compile)
    # Planners of one checkpoint share its weights: a server makes one for each robot.
    model = _loaded.get(key)
    if model is None:
        model = _loaded[key] = NavilaModel.from_pretrained(
            options.checkpoint,
            options.dtype,
            options.device,
            tell,
            quantize=options.quantize,
            compile=options.compile,
        )
    return NavilaPlanner(model, options, request.seed)


record = PlannerRecord(
    name="navila", make=_make, summary="NaVILA's model, from a checkpoint (extra vla)", navila_api="1"
)
