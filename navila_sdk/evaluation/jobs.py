"""What every backend does with an episode: hand it to a worker as text, take its row, or try again and say why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol

import attrs

from navila_sdk.errors import EvaluationError, NavilaError
from navila_sdk.evaluation.episodes import EvalEpisode
from navila_sdk.evaluation.row import EpisodeRow, error_row, row_from_values

DIED, LATE = "WorkerDied", "TimedOut"


@attrs.frozen(slots=True)
class Job:
    """An episode to run, with its seed, and why earlier attempts at it came to nothing."""

    episode: EvalEpisode
    seed: int
    retried: tuple[str, ...] = ()

    def task(self) -> str:
        """Return what a worker is told, as one line."""
        return json.dumps({"episode": attrs.asdict(self.episode), "seed": self.seed}) + "\n"

    def answered(self, answer: dict[str, Any]) -> EpisodeRow | NavilaError:
        """Return the row a worker answered with, or why no episode can be run like this."""
        if "row" in answer:
            return attrs.evolve(row_from_values(answer["row"]), retried=self.retried)
        kind = EvaluationError if answer["exit_code"] == EvaluationError.exit_code else NavilaError
        return kind(answer["unfit"])

    def failed(self, error: str, cause: str, retries: int, compat: str) -> Job | EpisodeRow:
        """Return the job to try again, or its failed row when it was tried often enough.

        Args:
            error: ``WorkerDied`` or ``TimedOut``.
            cause: One line.
            retries: How often an episode may be tried again.
            compat: Whose definitions of the metrics count.
        """
        told = " ".join(f"{error}: {cause}".split())[:300]
        if len(self.retried) < retries:
            return attrs.evolve(self, retried=(*self.retried, told))
        row = error_row(self.episode, self.seed, error, cause, compat)
        return attrs.evolve(row, retried=self.retried)


class Workers(Protocol):
    """A backend."""

    def results(self) -> Iterator[EpisodeRow]:
        """Yield every job's row as they come; however the caller leaves, no worker is left running.

        Raises:
            NavilaError: No episode can be run like this, or a worker can't start.
        """
        ...
