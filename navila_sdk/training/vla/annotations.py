"""NaVILA's annotation files: what was asked, what was seen, what was right. Read strictly, counted, rebalanced.

A record is {"video_id", "q": instruction, "a": answer, "frames": [paths, oldest first]}, in a JSON list or one a line
(NaVILA llava/data/dataset.py, the type vlnce).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import attrs

from navila_sdk.errors import DataError
from navila_sdk.grammar import Unparsed, parse_action

OTHER = "other"
_SHOWN = 12
_MAX_BYTES = 4 * 2**30


@attrs.frozen(slots=True)
class Record:
    """One sample.

    Attributes:
        video_id: Which episode it's from.
        instruction: What was asked.
        answer: What the model shall say.
        frames: Paths relative to the frames' folder, oldest first, the current view last.
    """

    video_id: str
    instruction: str
    answer: str
    frames: tuple[str, ...]

    @property
    def label(self) -> str:
        """The answer's action as a canonical sentence; ``other`` where it's none."""
        action = parse_action(self.answer)
        return OTHER if isinstance(action, Unparsed) else str(action)


def read_annotations(path: Path) -> list[Record]:
    """Return the records of a file.

    Raises:
        DataError: No such file, no JSON, or records that don't fit; each is named by its place.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DataError(f"{path}: over {_MAX_BYTES // 2**30} GiB; split it")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: these annotations can't be read: {error}") from None
    try:
        items: object = json.loads(text) if text.lstrip()[:1] == "[" else _lines(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: isn't JSON: {error}") from None
    problems: list[str] = []
    records: list[Record] = []
    for number, item in enumerate(cast("list[object]", items)):
        found = _record(item)
        if isinstance(found, Record):
            records.append(found)
        else:
            problems.append(f"[{number}]: {found}")
    if problems:
        more = [f"... and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        listed = "\n".join(f"  {line}" for line in [*problems[:_SHOWN], *more])
        raise DataError(f"{path}: {len(problems)} records don't fit:\n{listed}")
    if not records:
        raise DataError(f"{path}: holds no records")
    return records


def _lines(text: str) -> list[object]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _record(item: object) -> Record | str:
    if not isinstance(item, dict):
        return f"a record is an object with video_id, q, a and frames; got {type(item).__name__}"
    fields = cast("dict[str, Any]", item)
    for key in ("q", "a"):
        if not isinstance(fields.get(key), str) or not fields[key].strip():
            return f"{key} must be text; got {fields.get(key)!r:.60}"
    frames: object = fields.get("frames")
    paths = cast("list[object]", frames) if isinstance(frames, list) else []
    if not paths or not all(isinstance(path, str) and path for path in paths):
        return f"frames must be a list of paths, the current view last; got {frames!r:.60}"
    names = cast("list[str]", paths)
    outside = [name for name in names if Path(name).is_absolute() or ".." in Path(name).parts]
    if outside:
        return f"frames must lie below their folder; got {outside[0]!r:.60}"
    return Record(str(fields.get("video_id", "")), fields["q"], fields["a"], tuple(names))


def write_annotations(records: Iterable[Record], path: Path) -> None:
    """Write records as upstream reads them, a record a line within one list."""
    items = (
        json.dumps({"video_id": r.video_id, "q": r.instruction, "a": r.answer, "frames": list(r.frames)})
        for r in records
    )
    part = path.with_name(path.name + ".part")
    part.write_text("[\n" + ",\n".join(items) + "\n]\n", encoding="utf-8")
    part.replace(path)


def class_report(records: Sequence[Record]) -> dict[str, int]:
    """Return how many records there are of each action, the commonest first."""
    return dict(Counter(record.label for record in records).most_common())


def rebalanced(records: Sequence[Record], times: Mapping[str, int]) -> list[Record]:
    """Return records, those of some actions several times over.

    Args:
        records: What there is.
        times: How often each action's records stand, by its canonical sentence; 1 where it isn't named. NaVILA's own
            file has ``stop`` three times and turns of 30 and 45 degrees twice.

    Raises:
        DataError: An action there are no records of, or a count below 0.
    """
    known = class_report(records)
    wrong = [name for name, count in times.items() if name not in known or count < 0]
    if wrong:
        raise DataError(f"can't rebalance {wrong[0]!r}: the records hold {', '.join(known)}, and counts are 0 or more")
    return [record for record in records for _ in range(times.get(record.label, 1))]


def upstream_instruction(text: str) -> str:
    """Return an instruction as upstream's training normalises it: one line, sentences capitalised, all else lower.

    Source: NaVILA llava/data/dataset.py. At evaluation upstream leaves instructions as they are.
    """
    line = text.replace("\n", " ").capitalize()
    line = re.sub(r"(?<=\. )[a-z]", lambda found: found[0].upper(), line)
    return re.sub(r" +\.", ".", line)


NORMALISERS: Mapping[str, Callable[[str], str]] = {"none": lambda text: text, "upstream": upstream_instruction}
