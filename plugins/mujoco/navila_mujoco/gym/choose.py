"""Which physics a training runs on: what was asked for, or a GPU where there is one."""

from __future__ import annotations

import importlib.util

from navila_mujoco.gym.body import Body
from navila_mujoco.gym.on_threads import ThreadsPhysics
from navila_mujoco.gym.physics import Physics
from navila_sdk.errors import ConfigError, MissingDependencyError

_HERE = "--backend threads runs here"


def make_physics(body: Body, count: int, *, backend: str, threads: int, device: str | None) -> Physics:
    """Return the physics of a training.

    Args:
        body: What to step.
        count: Environments.
        backend: ``threads``; ``warp``, MuJoCo Warp on a GPU; or ``auto``, which is ``warp`` where it's installed and
            sees a CUDA device that ``device`` doesn't rule out, else ``threads``.
        threads: Processor threads of ``threads``.
        device: Where ``warp`` runs, as Warp names it; its CUDA device where it's None.

    Raises:
        ConfigError: There is no such backend, or no such device.
        MissingDependencyError: ``warp`` is asked for, and mujoco_warp isn't installed.
        CapabilityError: The model has what MuJoCo Warp doesn't know.
    """
    if backend not in ("threads", "warp", "auto"):
        raise ConfigError(f"no training backend {backend!r:.40}; there are threads, warp and auto")
    if backend == "threads" or (backend == "auto" and not _gpu(device)):
        return ThreadsPhysics(body, count, threads)
    if missing := _missing():
        raise MissingDependencyError(
            f"--backend warp needs the package {missing}; install it: pip install 'navila-mujoco[gpu]'"
        )
    where = _device(device)
    from navila_mujoco.gym.on_warp import WarpPhysics

    return WarpPhysics(body, count, where)


def _missing() -> str | None:
    """Return the package of the extra ``gpu`` that isn't installed."""
    return next((name for name in ("warp", "mujoco_warp") if importlib.util.find_spec(name) is None), None)


def _gpu(device: str | None) -> bool:
    """Return whether Warp is installed and sees a GPU that may be used."""
    return device != "cpu" and not _missing() and _warp().is_cuda_available()


def _device(name: str | None) -> str:
    warp = _warp()
    if name is None and not warp.is_cuda_available():
        raise ConfigError(
            f"--backend warp wants a CUDA device, and Warp sees none; {_HERE}, and --device cpu would, very slowly"
        )
    try:
        return warp.get_device(name or "cuda").alias
    except (ValueError, RuntimeError):
        known = ", ".join(str(device) for device in warp.get_devices())
        raise ConfigError(f"Warp has no device {name!r:.40}; it has {known}; {_HERE}") from None


def _warp():  # noqa: ANN202 - a module without types
    import warp

    # It would tell of every kernel it compiles, on standard output.
    warp.config.log_level = warp.LOG_WARNING
    warp.init()
    return warp
