"""Records of an episodes file that nobody can run, taken out one by one, so that the others of the file go on."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from navila_sdk.evaluation.episodes import EvalEpisode, unsound
from navila_sdk.evaluation.file import episode_problems
from navila_sdk.strict import structure_problems


def without_faults(data: dict[str, Any], converter: Any) -> tuple[dict[str, Any], list[EvalEpisode]]:  # noqa: ANN401 - cattrs'
    """Return a file's data without its unsound records, and episodes that stand for those.

    A record without an id or a split gets its number in the file, and the split that the others have. Of records that
    share an id, none is run: nobody knows which is meant.

    Args:
        data: The file's JSON.
        converter: What structures episodes.
    """
    records = data.get("episodes")
    if not isinstance(records, list):
        return data, []
    items = cast("list[object]", records)
    splits = Counter(split for item in items if (split := _text(item, "split")))
    usual = splits.most_common(1)[0][0] if splits else "unknown"
    times = Counter(_text(item, "episode_id") for item in items)
    sound: list[object] = []
    found: list[EvalEpisode] = []
    seen: Counter[str] = Counter()
    for number, item in enumerate(items):
        name = _text(item, "episode_id")
        fault = _fault(item, converter)
        if name and times[name] > 1:
            fault = fault or f"the id {name!r} is given {times[name]} times"
        if not fault:
            sound.append(item)
            continue
        seen[name] += 1
        own = f"record-{number}" if not name else name if seen[name] == 1 else f"{name}#{seen[name]}"
        said = _text(item, "instruction")
        found.append(unsound(own, _text(item, "split") or usual, fault, scene=_text(item, "scene"), instruction=said))
    return {**data, "episodes": sound}, found


def _fault(item: object, converter: Any) -> str:  # noqa: ANN401 - cattrs'
    try:
        episode = cast("EvalEpisode", converter.structure(item, EvalEpisode))
    # cattrs groups whatever the hooks raise; all of it is the record's fault.
    except Exception as error:  # noqa: BLE001
        return "; ".join(structure_problems(error, whole="the record"))
    if episode.fault:
        return episode.fault
    return "; ".join(told.lstrip(".: ") for told in episode_problems(episode))


def _text(item: object, name: str) -> str:
    value = cast("dict[str, object]", item).get(name) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""
