"""``rows.jsonl``: a line per episode, each written whole and down to the disk before the next.

A line that a crash left torn is dropped when the file is opened again, and its episode run again.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from navila_sdk.errors import EvaluationError
from navila_sdk.evaluation.row import EpisodeRow, row_from_line, row_to_line
from navila_sdk.recording.folders import unwritable
from navila_sdk.strict import structure_problems

ROWS_NAME = "rows.jsonl"


def read_rows(folder: Path) -> dict[str, EpisodeRow]:
    """Return a folder's rows by episode; the last one counts where an episode has several.

    Raises:
        EvaluationError: The file can't be read, or a line of it is no row.
    """
    path = folder / ROWS_NAME
    try:
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    except OSError as error:
        raise EvaluationError(f"can't read {path}: {error.strerror or error}") from error
    rows: dict[str, EpisodeRow] = {}
    for number, line in enumerate(lines, 1):
        row = _row(path, number, line)
        rows[row.episode_id] = row
    return rows


def begun(folder: Path) -> bool:
    """Whether a folder holds a row, or is being evaluated into.

    Raises:
        EvaluationError: The file can't be read.
        OutputError: Nor written.
    """
    if not (folder / ROWS_NAME).exists():
        return False
    try:
        with RowLog(folder):
            return bool(read_rows(folder))
    except EvaluationError:
        return True


def _row(path: Path, number: int, line: bytes) -> EpisodeRow:
    try:
        return row_from_line(line.decode("utf-8"))
    # json, cattrs and the decoder each raise their own; all of it is the file's fault.
    except Exception as error:  # noqa: BLE001
        problems = "; ".join(structure_problems(error, whole="the row"))
    raise EvaluationError(
        f"{path}, line {number}, is no row of results: {problems}. Take the line out and its episode is run again"
    )


class RowLog:
    """The open file of a running evaluation; one process holds it at a time.

    Args:
        folder: Where ``rows.jsonl`` lies or will lie.

    Raises:
        EvaluationError: Another process is evaluating into this folder.
        OutputError: The file can't be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._file = os.open(folder / ROWS_NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise unwritable(folder, error) from error
        try:
            _lock(self._file, folder)
            self._drop_torn()
        except BaseException:
            os.close(self._file)
            raise

    def append(self, row: EpisodeRow) -> None:
        """Add a row; it's on the disk when this returns.

        Raises:
            OutputError: It can't be written (the disk is full).
        """
        data = (row_to_line(row) + "\n").encode()
        try:
            written = os.write(self._file, data)
            if written < len(data):
                self._drop_torn()
                raise OSError(28, "No space left on device")
            os.fsync(self._file)
        except OSError as error:
            raise unwritable(self._folder, error, "the rows so far are kept: ") from error

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _drop_torn(self) -> None:
        """Cut off what stands behind the last line's end."""
        text = (self._folder / ROWS_NAME).read_bytes()
        whole = text.rfind(b"\n") + 1
        if whole < len(text):
            os.ftruncate(self._file, whole)
            os.fsync(self._file)


def _lock(file: int, folder: Path) -> None:
    try:
        import fcntl
    except ImportError:  # not on Windows, where two runs into one folder are the user's own care
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise EvaluationError(
            f"{folder} is in use: another process is evaluating into it; choose another --out"
        ) from None
