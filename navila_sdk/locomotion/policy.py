"""A locomotion policy ready to run: an ONNX file with its card, on one processor thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from navila_sdk.errors import MissingDependencyError, PolicyError
from navila_sdk.locomotion.card import CARD_KEY, PolicyCard, read_card

_MAX_BYTES = 64 * 1024 * 1024


@attrs.frozen(slots=True, eq=False)
class Policy:
    """A card and what evaluates it.

    Attributes:
        card: What it is.
        path: File it came from.
        session: The onnxruntime session.
        input_name: Name of the network's input.
        output_name: Name of its output.
    """

    card: PolicyCard
    path: Path
    session: Any
    input_name: str
    output_name: str

    def act(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the network's output (joints,) for an observation (inputs,)."""
        out = self.session.run((self.output_name,), {self.input_name: observation.reshape(1, -1)})
        return out[0][0]

    def seat(self) -> SeatedNetwork:
        """Return the network with memory of its own, for one body."""
        return SeatedNetwork(self)


class SeatedNetwork:
    """The network of a policy reading and writing memory of its own: a call takes three quarters of ``Policy.act``'s.

    For one body and one thread; others get their own.

    Args:
        policy: The policy.
    """

    def __init__(self, policy: Policy) -> None:
        import onnxruntime  # pyright: ignore[reportMissingTypeStubs]

        self._session = policy.session
        self._input = np.zeros((1, policy.card.inputs), np.float32)
        self._output = np.zeros((1, len(policy.card.joints)), np.float32)
        self._binding = policy.session.io_binding()
        of = cast("Any", onnxruntime).OrtValue.ortvalue_from_numpy
        self._binding.bind_ortvalue_input(policy.input_name, of(self._input))
        self._binding.bind_ortvalue_output(policy.output_name, of(self._output))

    def act(self, observation: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the network's output (joints,) for an observation (inputs,); a copy."""
        self._input[0] = observation
        self._session.run_with_iobinding(self._binding)
        return self._output[0].astype(float)


def load_policy(path: str | Path) -> Policy:
    """Read a policy file and check that card and network fit.

    Raises:
        PolicyError: No such file, no ONNX, no card, a card that doesn't fit its network, or a network whose
            output isn't finite.
        MissingDependencyError: onnxruntime isn't installed.
    """
    path = Path(path)
    session = open_session(path)
    metadata: dict[str, str] = session.get_modelmeta().custom_metadata_map
    if CARD_KEY not in metadata:
        raise PolicyError(
            f"{path}: this ONNX file carries no policy card, so nobody knows what its numbers mean; "
            "make one with: navila policy import"
        )
    card = read_card(metadata[CARD_KEY], str(path))
    inputs, outputs = session.get_inputs(), session.get_outputs()
    policy = Policy(card, path, session, inputs[0].name, outputs[0].name)
    _check_shapes(policy, inputs)
    return policy


def open_session(path: Path) -> Any:  # noqa: ANN401 - onnxruntime publishes no types
    """Return an onnxruntime session on one thread.

    Raises:
        PolicyError: The file is missing, too large, or no ONNX.
        MissingDependencyError: onnxruntime isn't installed.
    """
    try:
        import onnxruntime  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise MissingDependencyError(
            "running a locomotion policy needs onnxruntime; install it: pip install onnxruntime"
        ) from error
    if not path.is_file():
        raise PolicyError(f"{path}: no such policy file")
    if path.stat().st_size > _MAX_BYTES:
        raise PolicyError(f"{path}: over {_MAX_BYTES // 2**20} MiB is no locomotion policy")
    options = cast("Any", onnxruntime).SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime raises classes of its own for every kind of damage
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise PolicyError(f"{path}: this is no ONNX file that can be run: {first[:200]}") from None


def _check_shapes(policy: Policy, inputs: list[Any]) -> None:
    card, path = policy.card, policy.path
    if len(inputs) != 1:
        raise PolicyError(f"{path}: a policy has one input; this network has {len(inputs)}")
    width = inputs[0].shape[-1]
    if len(inputs[0].shape) != 2 or (isinstance(width, int) and width != card.inputs):
        terms = ", ".join(f"{term.name} {card.size_of(term.name)}" for term in card.terms)
        raise PolicyError(
            f"{path}: the network reads {inputs[0].shape}, but its card describes {card.inputs} numbers ({terms})"
        )
    probes = [np.zeros(card.inputs, np.float32), np.sin(np.arange(card.inputs, dtype=np.float32))]
    for probe in probes:
        action = policy.act(probe)
        if action.shape != (len(card.joints),):
            raise PolicyError(f"{path}: {action.shape} outputs for {len(card.joints)} joints of the card")
        if not np.isfinite(action).all():
            raise PolicyError(f"{path}: the network answers with NaN or infinity; its weights are damaged")
