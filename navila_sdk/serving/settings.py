"""What can be set about a planner server."""

from __future__ import annotations

import attrs

from navila_sdk.strict import within


@attrs.frozen(slots=True, kw_only=True)
class ServeSettings:
    """Settings of a server.

    Attributes:
        host: Address it listens on; other machines reach it only if this isn't the loopback.
        port: Port; 0 takes a free one.
        token: Bearer token clients must show; None for none.
        max_sessions: Robots served at once.
        max_connections: Connections open at once, those that have said nothing included.
        max_message_bytes: Largest message taken.
        max_frame_px: Largest picture taken, in pixels.
        hello_s: How long a connection may stay silent before it says hello.
        ping_s: How long a connection may be silent before it's pinged, and then how long the answer may take.
        session_s: How long an episode is kept for a robot whose connection is lost.
        deadline_s: How long a step may take where the client asks for more, or doesn't say.
        drain_s: How long steps under way may go on when the server is told to stop.
        workers: Steps thought about at once.
        batch_window_s: How long a step waits for other robots' where the planner can answer them together.
        max_batch: Robots answered together.
    """

    host: str = "127.0.0.1"
    port: int = attrs.field(default=8765, validator=within(0, 65535))
    token: str | None = None
    max_sessions: int = attrs.field(default=64, validator=within(1, 100_000))
    max_connections: int = attrs.field(default=1024, validator=within(1, 100_000))
    max_message_bytes: int = attrs.field(default=16 * 2**20, validator=within(1024, 2**30))
    max_frame_px: int = attrs.field(default=8_000_000, validator=within(1, 200_000_000))
    hello_s: float = attrs.field(default=5.0, validator=within(0.01, 600.0))
    ping_s: float = attrs.field(default=20.0, validator=within(0.01, 600.0))
    session_s: float = attrs.field(default=60.0, validator=within(0.0, 86_400.0))
    deadline_s: float = attrs.field(default=30.0, validator=within(0.01, 3600.0))
    drain_s: float = attrs.field(default=5.0, validator=within(0.0, 600.0))
    workers: int = attrs.field(default=4, validator=within(1, 256))
    batch_window_s: float = attrs.field(default=0.005, validator=within(0.0, 10.0))
    max_batch: int = attrs.field(default=16, validator=within(1, 1024))
