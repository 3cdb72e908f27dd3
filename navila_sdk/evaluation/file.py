"""Benchmarks in a file: episodes as JSON (gzipped where the name ends in .gz), strict to read.

A scene file named by an episode lies relative to the episodes' file, wherever navila is run.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import attrs

from navila_sdk.errors import EvaluationError, NavilaError, OutputError, UnknownNameError
from navila_sdk.evaluation.episodes import EvalEpisode, episode_record
from navila_sdk.instruction import checked_instruction
from navila_sdk.strict import strict_converter, structure_problems

FORMAT = 1
MAX_BYTES = 512 * 1024 * 1024
_SHOWN = 20


@attrs.frozen(slots=True, kw_only=True)
class EpisodeFile:
    """A benchmark read from, or to be written to, a file.

    Attributes:
        name: The benchmark's name.
        version: Its version.
        all_episodes: Every episode of every split.
        format: Version of the file's form.
    """

    name: str
    version: str
    all_episodes: tuple[EvalEpisode, ...] = attrs.field(alias="episodes")
    format: int = FORMAT

    @property
    def splits(self) -> Sequence[str]:
        """The splits in the order in which the episodes name them."""
        return tuple(dict.fromkeys(episode.split for episode in self.all_episodes))

    def episodes(self, split: str) -> Sequence[EvalEpisode]:
        """Return a split's episodes.

        Raises:
            UnknownNameError: No such split.
        """
        if split not in self.splits:
            raise UnknownNameError("split", split, self.splits)
        return tuple(episode for episode in self.all_episodes if episode.split == split)


def read_episodes(path: Path) -> tuple[EvalEpisode, ...]:
    """Return every episode of a file; raises as ``read_benchmark``."""
    return read_benchmark(path).all_episodes


def read_benchmark(path: Path, *, faults: bool = False) -> EpisodeFile:
    """Return the benchmark in a file.

    Args:
        path: A ``.json`` or ``.json.gz``.
        faults: Whether an unsound record becomes an episode that says so; otherwise the whole file is refused.

    Raises:
        EvaluationError: It's missing, unreadable, too big, no JSON, or not of this form; lists what is wrong.
    """
    data = read_json(path)
    if faults:
        from navila_sdk.evaluation.faults import without_faults

        data, unsound = without_faults(data, _converter())
        if unsound:
            return _with_faults(path, data, unsound)
    try:
        found = cast("EpisodeFile", _converter().structure(data, EpisodeFile))
    # cattrs groups whatever the hooks raise; all of it is the file's fault.
    except Exception as error:  # noqa: BLE001
        problems = list(structure_problems(error, whole="the file"))
    else:
        problems = list(_problems(found))
        if not problems:
            return attrs.evolve(found, episodes=tuple(_placed(episode, path) for episode in found.all_episodes))
    raise _unfit(path, problems)


def _with_faults(path: Path, data: dict[str, Any], unsound: Sequence[EvalEpisode]) -> EpisodeFile:
    """Return the benchmark of the sound records, with episodes that stand for the others."""
    try:
        found = cast("EpisodeFile", _converter().structure(data, EpisodeFile))
    # cattrs groups whatever the hooks raise; all of it is the file's fault.
    except Exception as error:  # noqa: BLE001
        raise _unfit(path, list(structure_problems(error, whole="the file"))) from None
    episodes = (*(_placed(episode, path) for episode in found.all_episodes), *unsound)
    whole = attrs.evolve(found, episodes=episodes)
    if problems := list(_whole_problems(whole)):
        raise _unfit(path, problems)
    return whole


def write_benchmark(path: Path, benchmark: EpisodeFile) -> Path:
    """Write a benchmark, an episode a line, and return the path; equal benchmarks give equal bytes.

    Raises:
        EvaluationError: An episode isn't sound.
        OutputError: The file can't be written.
    """
    if problems := list(_problems(benchmark)):
        raise _unfit(path, problems)
    lines = ",\n".join(f"  {_line(episode_record(episode))}" for episode in benchmark.all_episodes)
    head = f' "format": {FORMAT},\n "name": {_line(benchmark.name)},\n "version": {_line(benchmark.version)}'
    text = f'{{\n{head},\n "episodes": [\n{lines}\n ]\n}}\n'.encode()
    try:
        path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
    except OSError as error:
        raise OutputError(f"can't write {path}: {error.strerror or error}") from error
    return path


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _converter() -> Any:  # noqa: ANN401 - cattrs is imported where it's needed
    from cattrs.gen import make_dict_structure_fn, override

    made = strict_converter()
    hook = make_dict_structure_fn(
        EpisodeFile, made, _cattrs_forbid_extra_keys=True, all_episodes=override(rename="episodes")
    )
    made.register_structure_hook(EpisodeFile, hook)
    return made


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, unpacked where its name ends in ``.gz``.

    Raises:
        EvaluationError: It's missing, unreadable, too big, breaks off, or holds no JSON object.
    """
    return _parsed(path, _text(path))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
        if raw is not None and path.suffix == ".gz":
            unpacker = zlib.decompressobj(wbits=31)
            raw = unpacker.decompress(raw, MAX_BYTES) if raw else raw
            if not unpacker.eof and not unpacker.unconsumed_tail:
                raise EvaluationError(f"the episodes file {path} is no whole gzip file: it breaks off")
            raw = None if unpacker.unconsumed_tail else raw
        if raw is None:
            raise EvaluationError(f"the episodes file {path} is over {MAX_BYTES // 2**20} MiB")
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError(f"the episodes file {path} is not UTF-8 text; expected JSON, or .json.gz") from None
    except zlib.error as error:
        raise EvaluationError(
            f"the episodes file {path} is no gzip file: {error}. Fetch it anew, or, if it was unpacked already, "
            "pack it again with gzip"
        ) from None
    except FileNotFoundError:
        raise EvaluationError(f"there is no episodes file {path}") from None
    except OSError as error:
        raise EvaluationError(f"can't read the episodes file {path}: {error.strerror or error}") from error


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        data: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise EvaluationError(f"the episodes file {path} is no valid JSON: {reason}") from None
    if not isinstance(data, dict):
        raise EvaluationError(f"the episodes file {path} must hold a JSON object; got a {type(data).__name__}")
    return cast("dict[str, Any]", data)


def _whole_problems(found: EpisodeFile) -> Iterator[str]:
    if found.format != FORMAT:
        yield f"format: this navila_sdk reads {FORMAT}; found {found.format}"
    if not found.name or not found.version:
        yield "name, version: both are needed, and can't be empty"
    if not found.all_episodes:
        yield "episodes: there are none"


def _problems(found: EpisodeFile) -> Iterator[str]:
    yield from _whole_problems(found)
    times = Counter(episode.episode_id for episode in found.all_episodes)
    yield from (f"episodes: the id {name!r} is given {count} times" for name, count in times.items() if count > 1)
    for number, episode in enumerate(found.all_episodes):
        where = f"episodes[{number}]"
        yield from (f"{where}{told}" for told in episode_problems(episode))


def episode_problems(episode: EvalEpisode) -> Iterator[str]:
    """Yield what is wrong with an episode, each beginning with the field's path below it."""
    if not episode.episode_id or not episode.split:
        yield ": episode_id and split can't be empty"
    if not episode.reference_path_m:
        yield ".reference_path_m: needs at least one point"
    if episode.geodesic_m is not None and episode.geodesic_m < 0:
        yield f".geodesic_m: can't be negative; found {episode.geodesic_m!r}"
    try:
        checked_instruction(episode.instruction)
    except NavilaError as error:
        yield f".instruction: {error}"


def _unfit(path: Path, problems: Sequence[str]) -> EvaluationError:
    more = [f"... and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    lines = "\n".join(f"  {line}" for line in [*problems[:_SHOWN], *more])
    return EvaluationError(f"the episodes file {path} doesn't fit:\n{lines}")


def _placed(episode: EvalEpisode, path: Path) -> EvalEpisode:
    scene = episode.scene
    if not scene.lower().endswith(".json") or Path(scene).is_absolute():
        return episode
    return attrs.evolve(episode, scene=str(path.parent / scene))
