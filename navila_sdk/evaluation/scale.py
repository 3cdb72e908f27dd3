"""How an evaluation is spread: over processes of this machine or a Ray cluster, with retries and a time limit.

None of it changes a result, so none of it is part of what a folder was made with.
"""

from __future__ import annotations

import enum
import math
import re

import attrs

from navila_sdk.errors import EvaluationError

_DEVICE = re.compile(r"\d+|(GPU|MIG)-[0-9A-Za-z/-]+")


class Backend(enum.StrEnum):
    """What runs the workers."""

    PROCESS = "process"
    RAY = "ray"


@attrs.frozen(slots=True, kw_only=True)
class Scale:
    """How episodes are spread over workers.

    Attributes:
        backend: What runs the workers.
        retries: How often an episode is tried again that killed its worker or ran out of time.
        timeout_s: Wall time an episode may take, building its world included.
        devices: GPUs by number or UUID, as ``nvidia-smi -L`` tells them, handed round to the processes
            (``CUDA_VISIBLE_DEVICES``); empty leaves that as it is.
        ray_address: Address of a Ray cluster; empty is ``RAY_ADDRESS``, and without that a cluster of this machine.
        gpus_per_worker: Share of a GPU that Ray sets aside for each worker.

    Raises:
        EvaluationError: A number is out of range, or an option is for the other backend.
    """

    backend: Backend = Backend.PROCESS
    retries: int = 1
    timeout_s: float = 3600.0
    devices: tuple[str, ...] = ()
    ray_address: str = ""
    gpus_per_worker: float = 0.0

    def __attrs_post_init__(self) -> None:
        if self.retries < 0:
            raise EvaluationError(f"--retries can't be negative; got {self.retries}")
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise EvaluationError(f"--timeout is a positive number of seconds; got {self.timeout_s!r}")
        if not (math.isfinite(self.gpus_per_worker) and self.gpus_per_worker >= 0):
            raise EvaluationError(f"--gpus-per-worker can't be negative; got {self.gpus_per_worker!r}")
        odd = [name for name in self.devices if not _DEVICE.fullmatch(name)]
        if odd:
            raise EvaluationError(
                f"--devices are GPUs by number or UUID, as nvidia-smi -L tells them, parted by commas; got {odd[0]!r}"
            )
        if self.backend is Backend.RAY and self.devices:
            raise EvaluationError("--devices is for processes; with --backend ray, --gpus-per-worker says it to Ray")
        if self.backend is Backend.PROCESS and (self.ray_address or self.gpus_per_worker):
            raise EvaluationError("--ray-address and --gpus-per-worker need --backend ray")
