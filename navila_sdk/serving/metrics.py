"""What a server counts, as Prometheus reads it."""

from __future__ import annotations

from collections import Counter

BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counters and one histogram."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.sessions = self.connections = 0
        self._buckets = [0] * (len(BUCKETS_S) + 1)
        self._sum_s = 0.0

    def stepped(self, seconds: float) -> None:
        """Count a step that took so long."""
        place = next((i for i, limit in enumerate(BUCKETS_S) if seconds <= limit), len(BUCKETS_S))
        self._buckets[place] += 1
        self._sum_s += seconds

    def answered_together(self, robots: int) -> None:
        """Count a call of planners that answered so many robots at once."""
        self.counts["passes"] += 1
        self.counts["steps_in_passes"] += robots

    def text(self) -> str:
        """Return the text exposition format."""
        lines = [
            "# TYPE navila_sessions gauge",
            f"navila_sessions {self.sessions}",
            "# TYPE navila_connections gauge",
            f"navila_connections {self.connections}",
            "# TYPE navila_events_total counter",
            *(f'navila_events_total{{event="{name}"}} {count}' for name, count in sorted(self.counts.items())),
            "# TYPE navila_step_seconds histogram",
        ]
        total = 0
        for limit, count in zip([*map(str, BUCKETS_S), "+Inf"], self._buckets, strict=True):
            total += count
            lines.append(f'navila_step_seconds_bucket{{le="{limit}"}} {total}')
        lines += [f"navila_step_seconds_sum {self._sum_s:.6f}", f"navila_step_seconds_count {total}"]
        return "\n".join(lines) + "\n"
