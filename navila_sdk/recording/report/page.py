"""The report page: one self-contained HTML file about one or more episodes."""

from __future__ import annotations

import base64
import importlib.resources
import json
import math
import statistics
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from navila_sdk.episode import EpisodeOutcome
from navila_sdk.errors import RecordingError
from navila_sdk.events import ActionEnded, EpisodeEnded, Planned
from navila_sdk.geometry import wrap_angle
from navila_sdk.recording.folders import unwritable
from navila_sdk.recording.reader import EpisodeLog, Frame, read_log
from navila_sdk.recording.report.map import Projection, draw_map
from navila_sdk.recording.report.timeline import LEFT, draw_timeline, scale_of
from navila_sdk.recording.runfile import read_run_json

MAX_PICTURES = 150
MAX_TICKS = 1500


def build_report(paths: Sequence[Path], out: Path) -> Path:
    """Write a page about the recordings (run folders or log files) and return its path.

    Raises:
        RecordingError: A recording can't be read, or none was named.
        OutputError: The page can't be written.
    """
    if not paths:
        raise RecordingError("a report needs at least one recording: name run folders or episode.mcap files")
    logs = [read_log(path) for path in paths]
    sections = [_episode(log, f"episode-{number}") for number, log in enumerate(logs, 1)]
    page = _template("page.html").substitute(
        title=escape(logs[0].instruction[:90] or "navila_sdk run"),
        style=_file("style.css"),
        script=_file("script.js"),
        index=_index(logs),
        episodes="\n".join(sections),
        version=_version(),
    )
    try:
        out.write_text(page, encoding="utf-8", errors="backslashreplace")  # a file name may be no text
    except OSError as error:
        raise unwritable(out.parent, error) from error
    return out


def _version() -> str:
    from navila_sdk import __version__

    return __version__


def _file(name: str) -> str:
    return importlib.resources.files("navila_sdk.recording.report").joinpath(name).read_text(encoding="utf-8")


def _template(name: str) -> Template:
    return Template(_file(name))


def _index(logs: Sequence[EpisodeLog]) -> str:
    if len(logs) < 2:
        return ""
    lines = [
        f'<li><a href="#episode-{number}">{escape(log.instruction[:120])}</a> '
        f'<span class="kicker">{escape(log.outcome)}</span></li>'
        for number, log in enumerate(logs, 1)
    ]
    return f'<h1>{len(logs)} episodes</h1><ol class="index">{"".join(lines)}</ol>'


def _episode(log: EpisodeLog, anchor: str) -> str:
    run = read_run_json(log.path.parent)
    times = [event.time_s for event in log.events] or [0.0]
    start_s, end_s = times[0], max(times)
    projection = Projection.of_log(log)
    ended = next((event for event in log.events if isinstance(event, EpisodeEnded)), None)
    cause = ended.cause if ended else "the recording breaks off here" if log.truncated else ""
    return _template("episode.html").substitute(
        anchor=anchor,
        kicker=escape(f"{run.get('started', '')}   {log.path}".strip()),
        instruction=escape(log.instruction),
        chips=_chips(log),
        cause=f'<p class="cause">{escape(cause)}</p>' if cause else "",
        map=draw_map(log, projection),
        pictures=_pictures(log),
        timeline=draw_timeline(log, start_s, end_s),
        numbers=_numbers(log, run.get("result") or {}, end_s - start_s),
        rows=_rows(log),
        run=escape(json.dumps(run or dict(log.meta), indent=2, ensure_ascii=False)),
        data=_data(log, projection, start_s, end_s),
        start=f"{start_s:.2f}",
        end=f"{end_s:.2f}",
    )


def _chips(log: EpisodeLog) -> str:
    good = log.outcome == EpisodeOutcome.STOPPED
    outcome = log.outcome or "cut short"
    planner: dict[str, Any] = log.meta.get("planner") or {}
    label = planner.get("label", "")
    scene = log.scene.name if log.scene else ""
    facts = [log.meta.get("embodiment"), log.meta.get("world"), scene, f"planner {label}" if label else ""]
    chips = [f'<span class="chip {"good" if good else "bad"}">{escape(outcome)}</span>']
    chips += [f'<span class="chip">{escape(str(fact))}</span>' for fact in facts if fact]
    return "".join(chips)


def _pictures(log: EpisodeLog) -> str:
    parts: list[str] = []
    if log.film:
        parts.append(
            '<figure class="card"><img class="film" alt="The robot seen from behind">'
            '<figcaption>From behind. Now: <strong class="doing">standing</strong></figcaption></figure>'
        )
    if log.frames:
        doing = "" if log.film else ' Now: <strong class="doing">standing</strong>'
        parts.append(
            '<figure class="card"><img class="camera" alt="What the planner saw">'
            f"<figcaption>What the planner saw ({len(log.frames)} frames).{doing}</figcaption></figure>"
        )
    return "".join(parts)


def _numbers(log: EpisodeLog, result: Mapping[str, Any], duration_s: float) -> str:
    runs = [event.execution for event in log.events if isinstance(event, ActionEnded)]
    plans = [event.plan for event in log.events if isinstance(event, Planned)]
    latencies = sorted(plan.latency_s for plan in plans)
    path_m = result.get("path_length_m")
    idle_s = result.get("idle_s")
    shown: list[tuple[str, str]] = [
        ("path", f"{path_m:.2f} m" if path_m is not None else "unknown"),
        ("time", f"{duration_s:.1f} s"),
        ("actions", str(len(runs))),
        ("plans", str(len(plans))),
        ("waiting for a plan", f"{idle_s / duration_s:.1%}" if idle_s is not None and duration_s else "unknown"),
    ]
    if latencies:
        slow = latencies[int(0.95 * (len(latencies) - 1))]
        shown.append(("thinking, median", f"{statistics.median(latencies) * 1000:.0f} ms"))
        shown.append(("thinking, 95th percentile", f"{slow * 1000:.0f} ms"))
    reached = [run for run in runs if run.outcome.ok and not run.cause]
    if reached:
        shown.append(("median end error", f"{statistics.median(run.error_m for run in reached) * 100:.1f} cm"))
    return "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in shown)


def _rows(log: EpisodeLog) -> str:
    rows: list[str] = []
    plan: Planned | None = None
    shown: Planned | None = None
    for event in log.events:
        if isinstance(event, Planned):
            plan = event
            if not event.used:
                rows.append(
                    f'<tr class="bad"><td class="number">{event.time_s:.1f} s</td><td>not used</td>'
                    f"<td>{escape(event.note)}</td><td></td><td></td><td>{escape(event.plan.raw[:200])}</td><td></td></tr>"
                )
        if not isinstance(event, ActionEnded):
            continue
        run = event.execution
        off_deg = abs(math.degrees(wrap_angle(run.goal.yaw_rad - run.final_pose.yaw_rad)))
        words, thought = "", ""
        if plan is not None and plan is not shown:
            words, thought, shown = plan.plan.raw[:200], f"{plan.plan.latency_s * 1000:.0f} ms", plan
        outcome = str(run.outcome) + (f": {run.cause}" if run.cause else "")
        rows.append(
            f'<tr{"" if run.outcome.ok else " class=bad"} data-from="{run.start_s:.3f}" data-to="{run.end_s:.3f}" '
            f'data-action="{escape(str(run.action))}"><td class="number">{run.start_s:.1f} s</td>'
            f"<td>{escape(str(run.action))}</td><td>{escape(outcome)}</td>"
            f'<td class="number">{run.end_s - run.start_s:.1f} s</td>'
            f'<td class="number">{run.error_m * 100:.1f} cm, {off_deg:.1f}°</td>'
            f'<td>{escape(words)}</td><td class="number">{thought}</td></tr>'
        )
    return "".join(rows)


def _data(log: EpisodeLog, projection: Projection, start_s: float, end_s: float) -> str:
    stride = max(len(log.commands) // MAX_TICKS, 1)
    shown = log.commands[::stride] + log.commands[-1:]
    ticks = [
        [round(event.time_s, 3), *(round(value, 1) for value in projection.odometry(event.state.pose))]
        for event in shown
    ]
    found = {
        "start": start_s,
        "left": LEFT,
        "scale": scale_of(start_s, end_s),
        "ticks": ticks,
        "film": _encoded(log.film),
        "camera": _encoded(log.frames),
    }
    # "</script>" and "<!--" inside the data must not end or open anything.
    return json.dumps(found, separators=(",", ":")).replace("<", "\\u003c")


def _encoded(frames: Sequence[Frame]) -> list[list[Any]]:
    stride = max(math.ceil(len(frames) / MAX_PICTURES), 1)
    return [[frame.time_s, base64.b64encode(frame.encoded).decode("ascii")] for frame in frames[::stride]]
