"""One self-contained HTML page about one or more recorded episodes; it opens offline, on a phone too."""

from navila_sdk.recording.report.page import build_report

__all__ = ["build_report"]
