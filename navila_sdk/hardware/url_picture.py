"""Pictures from a URL: a web camera, or any small server beside a robot's camera."""

from __future__ import annotations

import urllib.request

TIMEOUT_S = 3.0
MAX_BYTES = 20_000_000


class UrlPicture:
    """A picture behind a URL, fetched anew each time.

    Args:
        url: http or https.
        timeout_s: How long to wait for it.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._url, self._timeout_s = url, timeout_s

    def __call__(self) -> bytes:
        """Return what is there.

        Raises:
            OSError: It can't be fetched.
        """
        with urllib.request.urlopen(self._url, timeout=self._timeout_s) as answer:
            return answer.read(MAX_BYTES)


def is_url(name: str) -> bool:
    """Return whether a name is a URL that pictures may be fetched from."""
    return name.startswith(("http://", "https://"))
