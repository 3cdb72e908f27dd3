"""One self-contained HTML page about an evaluation; it opens offline, on a phone too."""

from navila_sdk.evaluation.report.page import write_report

__all__ = ["write_report"]
