"""The vendor's SDK, imported so that it works as shipped: shimmed, quiet, and of a version that says which it is.

PyPI's ``unitree_sdk2`` can't be imported as it is: its package asks for a subpackage that its wheel leaves out.
It also prints to standard output, which belongs to results.
"""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import importlib.util
import logging
import sys
import threading
import types
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from navila_sdk.errors import MissingDependencyError

PACKAGE = "unitree_sdk2py"
ROBOTS_CYCLONEDDS = "0.10."
"""What the robots' firmware speaks; other series don't match it, and crash it in the worst case."""

HOW_TO_INSTALL = (
    "for a robot: CycloneDDS 0.10.2 (Debian's cyclonedds-dev, or built from source), then pip install "
    "cyclonedds==0.10.2 unitree_sdk2==1.0.1; for a rehearsal against a twin on this computer: pip install "
    "cyclonedds==11.0.1 and then pip install --no-deps unitree_sdk2==1.0.1 (docs/real.md)"
)
_LEFT_OUT = ("b2",)
_LOUD = ("core.channel", "rpc.client", "rpc.client_base", "rpc.client_stub", "rpc.server", "rpc.server_base")
_LOUD_TOO = ("rpc.server_stub", "rpc.lease_client", "rpc.lease_server")
_log = logging.getLogger(__name__)

Made = TypeVar("Made")
_making = threading.RLock()


def cyclonedds_version() -> str:
    """Return the installed version of CycloneDDS's Python binding.

    Raises:
        MissingDependencyError: It isn't installed.
    """
    try:
        return importlib.metadata.version("cyclonedds")
    except importlib.metadata.PackageNotFoundError:
        raise MissingDependencyError(f"the package 'cyclonedds' isn't installed; {HOW_TO_INSTALL}") from None


def speaks_to_robots() -> bool:
    """Return whether the installed CycloneDDS is of the series the robots' firmware speaks."""
    return cyclonedds_version().startswith(ROBOTS_CYCLONEDDS)


def module(name: str) -> Any:  # noqa: ANN401 - the SDK publishes no types
    """Return a module of the SDK: ``module("core.channel")``.

    Raises:
        MissingDependencyError: The SDK or what it needs is missing, or installed by half.
    """
    _prepare()
    return _imported(f"{PACKAGE}.{name}")


def message(family: str) -> Any:  # noqa: ANN401 - the SDK publishes no types
    """Return a family's message classes: ``message("unitree_go").SportModeState_``."""
    return module(f"idl.{family}.msg.dds_")


def blank(name: str) -> Any:  # noqa: ANN401 - the SDK publishes no types
    """Return an empty message: ``blank("unitree_go_msg_dds__SportModeState_")``."""
    return getattr(module("idl.default"), name)()


def dismiss(entity: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
    """Delete a DDS reader or writer, its callbacks first.

    CycloneDDS's binding forgets an entity and then deletes it. A callback that comes in between makes it anew, and
    deletes it again from inside the callback: both deletions then wait for each other for ever.
    """
    entity.set_listener(None)
    entity.__del__()


class Writer:
    """Publishes on a topic from now on; the SDK's own publisher sleeps at the start, for readers to be found.

    Args:
        topic: Its DDS name.
        kind: Its message class.
    """

    def __init__(self, topic: str, kind: Any) -> None:  # noqa: ANN401 - the SDK publishes no types
        channel = module("core.channel")
        participant = channel.ChannelFactory()._ChannelFactory__participant
        self._entity: Any = channel.DataWriter(participant, channel.Topic(participant, topic, kind))
        self._lock = threading.Lock()

    def __call__(self, message: Any) -> bool:  # noqa: ANN401 - the SDK publishes no types
        """Publish a message and return whether that could be done."""
        with self._lock:
            if self._entity is None:
                return False
            try:
                self._entity.write(message)
            # DDS and the encoder raise classes of their own; a message that can't leave is one lost on the way.
            except Exception as error:  # noqa: BLE001
                _log.debug("a message couldn't be written: %s", error)
                return False
            return True

    def close(self) -> None:
        """Leave the topic; a second call does nothing."""
        with self._lock:
            entity, self._entity = self._entity, None
        if entity is not None:
            dismiss(entity)


def together(*makers: Callable[[], Made]) -> list[Made]:
    """Return what each makes, all made at once: the SDK's clients and servers sleep while they are built."""
    with ThreadPoolExecutor(len(makers)) as pool:
        return [made.result() for made in [pool.submit(make) for make in makers]]


@functools.cache
def _prepare() -> None:
    cyclonedds_version()
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingDependencyError(f"the package '{PACKAGE}' isn't installed; {HOW_TO_INSTALL}")
    home = Path(next(iter(spec.submodule_search_locations)))
    for name in _LEFT_OUT:
        if not (home / name).is_dir():
            sys.modules.setdefault(f"{PACKAGE}.{name}", types.ModuleType(f"{PACKAGE}.{name}"))
    channel = _imported(f"{PACKAGE}.core.channel")
    for name in ("Topic", "DataReader", "DataWriter"):
        vars(channel)[name] = _one_at_a_time(getattr(channel, name))
    for name in (*_LOUD, *_LOUD_TOO):
        # The SDK reports by print(); that must not mix with results on standard output.
        vars(_imported(f"{PACKAGE}.{name}"))["print"] = _whisper


def _one_at_a_time(kind: Any) -> Any:  # noqa: ANN401 - CycloneDDS's binding publishes no types
    """Return a class of DDS entities of which one is made after the other: two topics made at once may both fail."""

    class OneAtATime(kind):
        def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - as the binding's
            with _making:
                super().__init__(*arguments, **named)

    OneAtATime.__name__ = kind.__name__
    return OneAtATime


def _imported(name: str) -> Any:  # noqa: ANN401 - the SDK publishes no types
    try:
        return importlib.import_module(name)
    # A half-installed SDK fails in many ways: missing modules, missing libraries, exceptions of its own.
    except Exception as error:
        raise MissingDependencyError(
            f"the vendor's SDK is installed by half: importing {name} failed with "
            f"{type(error).__name__}: {' '.join(str(error).split())[:200]}; {HOW_TO_INSTALL}"
        ) from error


def _whisper(*parts: object, **_: object) -> None:
    _log.debug("%s", " ".join(map(str, parts)))
