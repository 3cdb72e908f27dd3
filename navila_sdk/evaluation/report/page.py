"""The page of an evaluation: metrics with intervals, endings, every episode, a map of each failure, what made it."""

from __future__ import annotations

import importlib.resources
import json
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import attrs

from navila_sdk.episode import EpisodeOutcome
from navila_sdk.evaluation.profile import planner_of
from navila_sdk.evaluation.report import sections
from navila_sdk.evaluation.report.place import draw_episode
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.summary import COLUMNS, MAIN, Summary, by_tier, summarised
from navila_sdk.evaluation.verdict import beside, controls_in
from navila_sdk.recording.folders import unwritable

if TYPE_CHECKING:
    from navila_sdk.evaluation.runner import Results

REPORT_NAME = "report.html"
MOST_MAPS = 600
MAPS_SO_FAR = 20
"""How many maps a page gets at most, and one of an evaluation that isn't over, which somebody waits for."""
_REACHED = "stopped at the goal"
_LEGEND = (
    "Dotted: the way described. Solid: the way driven, from the ring to the orange dot. Circle: 3 m around the goal."
)


def write_report(results: Results) -> Path:
    """Write ``report.html`` into the folder of results, whole or not at all, and return its path.

    Raises:
        EvaluationError: There are no rows.
        OutputError: It can't be written.
    """
    rows, made = results.rows, results.made.settings
    summary = summarised(rows)
    missing = len(results.episodes) - len(rows)
    title = f"{made['benchmark']} {made['split']}: {planner_of(made)} on {made['embodiment']}"
    against = beside(rows, controls_in(results.folder))
    page = Template(_file("page.html")).substitute(
        title=escape(title),
        heading=escape(title),
        kicker=escape(
            f"{made['benchmark']} {made['benchmark_version']}, begun {results.made.facts.get('started', '')}"
        ),
        chips=_chips(made, summary, any(one.voids for one in against)),
        note=f'<p class="cause">Incomplete: {missing} of {len(results.episodes)} episodes have no row yet.</p>'
        if missing
        else "",
        metrics=_metrics(rows, summary),
        controls=sections.controls(against),
        published=sections.beside_published(results, summary),
        troubles=sections.troubles(rows, summary),
        compat=escape(str(made.get("compat", "sdk"))),
        ndtw=escape(str(made["ndtw"])),
        radius=f"{made['agent_radius_m']:.2f}",
        outcomes=_outcomes(rows),
        episodes=_episodes(rows),
        failures=_failures(results),
        profile=_profile(results),
        made=escape(json.dumps(attrs.asdict(results.made), indent=1, ensure_ascii=False)),
        version=escape(str(results.made.facts.get("versions", {}).get("navila-sdk", ""))),
        style=_shared("style.css") + _file("style.css"),
        script=_file("script.js"),
    )
    path, partial = results.folder / REPORT_NAME, results.folder / f".{REPORT_NAME}.partial"
    try:
        partial.write_text(page, encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise unwritable(results.folder, error) from error
    return path


def _file(name: str) -> str:
    return importlib.resources.files("navila_sdk.evaluation.report").joinpath(name).read_text(encoding="utf-8")


def _shared(name: str) -> str:
    return importlib.resources.files("navila_sdk.recording.report").joinpath(name).read_text(encoding="utf-8")


def _chips(made: Mapping[str, Any], summary: Summary, void: bool) -> str:
    facts = [
        made["world"],
        made["fidelity"],
        made["locomotion"],
        f"seed {made['seed']}",
        f"{summary.episodes} episodes",
    ]
    chips = [f'<span class="chip">{escape(str(fact))}</span>' for fact in facts if fact]
    if summary.errors:
        chips.append(f'<span class="chip bad">{summary.errors} failed to run</span>')
    if void:
        chips.append('<span class="chip bad">void</span>')
    return "".join(chips)


def _metrics(rows: Sequence[EpisodeRow], summary: Summary) -> str:
    tiers = by_tier(rows)
    groups = [("all", summary), *tiers.items()]
    head = "".join(f"<th>{escape(name)} ({group.episodes})</th>" for name, group in groups)
    lines: list[str] = []
    for column in COLUMNS:
        cells: list[str] = []
        for _, group in groups:
            found = group.estimates[column.name]
            span = f"{column.shown(found.low)} to {column.shown(found.high)}"
            cells.append(f'<td>{column.shown(found.mean)} <span class="interval">{span}</span></td>')
        name = f"{column.name}{f' ({column.unit})' if column.unit else ''}"
        lines.append(f'<tr><td title="{escape(column.title)}">{escape(name)}</td>{"".join(cells)}</tr>')
    return f"<table><thead><tr><th>metric</th>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _outcomes(rows: Sequence[EpisodeRow]) -> str:
    lines: list[str] = []
    for outcome, count in Counter(_ending(row) for row in rows).most_common():
        kind = "good" if outcome == _REACHED else "warn" if "limit" in outcome else "bad"
        share = count / len(rows)
        bar = f'<i style="width:{100 * share:.1f}%"></i>'
        lines.append(
            f'<div class="bar {kind}"><span>{escape(outcome)}</span>{bar}<span>{count} ({share:.0%})</span></div>'
        )
    return "".join(lines)


def _ending(row: EpisodeRow) -> str:
    if row.outcome != EpisodeOutcome.STOPPED:
        return row.outcome
    return _REACHED if row.success else "stopped elsewhere"


def _episodes(rows: Sequence[EpisodeRow]) -> str:
    names = ["episode", "tier", "outcome", *(column.name for column in MAIN), "instruction"]
    lines: list[str] = []
    for row in rows:
        values = [(column, math.nan if (v := column.value(row)) is None else v) for column in MAIN]
        numbers = "".join(f'<td class="number" data-value="{v!r}">{c.shown(v)}</td>' for c, v in values)
        name = escape(row.episode_id)
        link = name if row.success else f'<a href="#{_anchor(row)}">{name}</a>'
        bad = "" if row.success else ' class="bad"'
        outcome = f'<td title="{escape(row.cause)}">{escape(row.outcome)}</td>'
        lines.append(
            f"<tr{bad}><td>{link}</td><td>{escape(row.tier)}</td>{outcome}{numbers}"
            f'<td class="instruction">{escape(row.instruction)}</td></tr>'
        )
    head = "".join(f"<th>{name}</th>" for name in names)
    return f'<table class="sortable"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def _failures(results: Results) -> str:
    episodes = {episode.episode_id: episode for episode in results.episodes}
    failed = [row for row in results.rows if not row.success]
    if not failed:
        return "<p>None.</p>"
    parts = [f'<p class="kicker">{_LEGEND}</p>']
    most = MOST_MAPS if results.complete else MAPS_SO_FAR
    for number, row in enumerate(failed):
        episode = episodes.get(row.episode_id)
        drawn = draw_episode(episode, row) if number < most and episode else ""
        parts.append(_failure(row, drawn))
    if len(failed) > most:
        parts.append(
            f"<p>The last {len(failed) - most} of {len(failed)} have no map here; rows.jsonl has their paths.</p>"
        )
    return "".join(parts)


def _failure(row: EpisodeRow, drawn: str) -> str:
    cause = f'<p class="cause">{escape(row.cause)}</p>' if row.cause else ""
    film = f'<p><a href="{escape(row.recording)}/report.html">film and timeline</a></p>' if row.recording else ""
    actions = f"<details><summary>{len(row.actions)} actions</summary><pre>{escape(_taken(row))}</pre></details>"
    head = f"{escape(row.episode_id)}: {escape(row.outcome)}, {row.metrics.ne_m:.1f} m from the goal"
    return (
        f'<details class="card failure" id="{_anchor(row)}"><summary>{head}</summary>'
        f"<p>{escape(row.instruction)}</p>{cause}{film}{drawn}{actions}</details>"
    )


def _taken(row: EpisodeRow) -> str:
    return "\n".join(f"{action}: {outcome}" for action, outcome in zip(row.actions, row.outcomes, strict=False))


def _anchor(row: EpisodeRow) -> str:
    return "episode-" + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}" for c in row.episode_id)


def _profile(results: Results) -> str:
    facts: dict[str, str] = dict(results.made.facts.get("body", {}))
    facts["models"] = ", ".join(sorted({row.model_id for row in results.rows if row.model_id})) or "none named"
    facts["planners"] = ", ".join(sorted({row.planner for row in results.rows if row.planner})) or "none"
    facts["versions"] = ", ".join(f"{k} {v}" for k, v in results.made.settings["versions"].items())
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items())
    return f"<table><tbody>{lines}</tbody></table>"
