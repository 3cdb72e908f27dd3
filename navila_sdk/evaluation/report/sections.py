"""The sections of a page that set a result beside others: why episodes didn't run, controls, published results."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from navila_sdk.evaluation.failures import failing
from navila_sdk.evaluation.profile import planner_of, profile_of
from navila_sdk.evaluation.published import published
from navila_sdk.evaluation.row import EpisodeRow
from navila_sdk.evaluation.summary import COLUMNS, Summary
from navila_sdk.evaluation.verdict import Beside

if TYPE_CHECKING:
    from navila_sdk.evaluation.runner import Results

_BESIDE = ("NE", "OSR", "SR", "SPL", "nDTW")
_NAMED = 12


def troubles(rows: Sequence[EpisodeRow], summary: Summary) -> str:
    """Return the section on episodes that failed to run, were tried again, or lack a metric; nothing where none did."""
    parts: list[str] = []
    for reason in failing(rows):
        names = ", ".join(reason.episodes[:_NAMED]) + (", ..." if len(reason.episodes) > _NAMED else "")
        parts.append(
            f"<tr><td>{len(reason.episodes)}</td><td>{escape(reason.error)}</td><td>{escape(reason.cause)}</td>"
            f"<td>{escape(names)}</td></tr>"
        )
    if parts:
        head = "<tr><th>episodes</th><th>error</th><th>what the first one said</th><th>which</th></tr>"
        parts = [f'<div class="scroll"><table><thead>{head}</thead><tbody>{"".join(parts)}</tbody></table></div>']
    for row in rows:
        if row.retried:
            parts.append(f"<p>{escape(row.episode_id)} was tried again: {escape('; '.join(row.retried))}</p>")
    for name, count in summary.undefined.items():
        parts.append(f"<p>{escape(name)} is undefined in {count} of {summary.episodes} episodes.</p>")
    return f'<section class="section card"><h2>Failed to run</h2>{"".join(parts)}</section>' if parts else ""


def controls(against: Sequence[Beside]) -> str:
    """Return the section on the controls; nothing where there are none."""
    if not against:
        return ""
    lines = "".join(f"<p{' class=cause' if one.voids else ''}>{escape(one.told())}</p>" for one in against)
    return f'<section class="section card"><h2>Controls</h2>{lines}</section>'


def beside_published(results: Results, summary: Summary) -> str:
    """Return the table beside published results, a profile next to every number; nothing where none are known."""
    made = results.made.settings
    others = published(str(made["benchmark"]), str(made["split"]))
    columns = {column.name: column for column in COLUMNS}
    own = [columns[name].shown(summary.estimates[name].mean) for name in _BESIDE]
    profile = profile_of(made, results.made.facts)
    lines = [_line([f"here: {planner_of(made)} on {made['embodiment']}", *own, profile, ""], "own")]
    lines += [_line([other.model, *other.cells(), other.profile, other.source]) for other in others]
    names = ["", "NE (m)", *(f"{name} (%)" for name in _BESIDE[1:]), "profile", "source"]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    title = "Beside published results" if others else "Profile"
    note = "<p>Numbers of unlike profiles can't be compared.</p>" if others else ""
    return (
        f'<section class="section card"><h2>{title}</h2>{note}<div class="scroll"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div></section>"
    )


def _line(cells: Sequence[str], kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f"<tr{mark}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
