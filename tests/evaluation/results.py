"""Folders of results made up row by row, for what reads them."""

import attrs

from navila_sdk.config import load_config
from navila_sdk.evaluation.made_with import claim, made_with
from navila_sdk.evaluation.metrics import EpisodeMetrics, unstarted
from navila_sdk.evaluation.row import EpisodeRow, error_row
from navila_sdk.evaluation.rowlog import RowLog, read_rows
from navila_sdk.evaluation.runner import Results
from navila_sdk.evaluation.settings import EvalSettings
from navila_sdk.plugins import Plugins
from tests.evaluation.places import benchmark


def row(episode, success, **changes):
    metrics = EpisodeMetrics(
        ne_m=0.5 if success else 4.0,
        sr=float(success),
        sr_1m=float(success),
        osr=float(success),
        one_m=0.5 if success else 4.0,
        spl=0.9 * success,
        ndtw=0.8,
        sdtw=0.8 * success,
        tl_m=3.0,
        steps=12,
        actions=5,
    )
    made = EpisodeRow(
        episode_id=episode.episode_id,
        split=episode.split,
        tier=episode.tier,
        scene=episode.scene,
        instruction=episode.instruction,
        seed=1,
        outcome="stopped",
        metrics=metrics,
        actions=("move forward 75 cm", "stop"),
        outcomes=("reached", "reached"),
        path_m=((episode.start.x_m, episode.start.y_m), (episode.start.x_m + 0.75, episode.start.y_m)),
        planner="human",
        model_id="human",
    )
    return attrs.evolve(made, **changes)


def results(folder, episodes, rows, **settings):
    """Write a folder of results and return it."""
    loaded = load_config(flags={"planner": "human", **settings}, cwd=folder.parent, env={})
    bench = benchmark(*episodes)
    eval_settings = EvalSettings(config=loaded.config, workers=1)
    made = claim(folder, made_with(bench, "val", eval_settings, Plugins(env={}, folder=folder.parent)))
    with RowLog(folder) as log:
        for one in rows:
            log.append(one)
    found = read_rows(folder)
    return Results(folder, made, tuple(episodes), tuple(found[e.episode_id] for e in episodes if e.episode_id in found))


__all__ = ["error_row", "results", "row", "unstarted"]
