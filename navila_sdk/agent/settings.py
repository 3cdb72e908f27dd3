"""What an agent is set by."""

from __future__ import annotations

import attrs

from navila_sdk.strict import within


@attrs.frozen(slots=True, kw_only=True)
class AgentSettings:
    """Settings of an agent.

    Attributes:
        host: Address to listen on.
        port: Port; 0 takes any.
        token: What clients must show; None asks for nothing.
        operator_s: How long an operator may be silent while the robot drives; then it stops.
        hello_s: How long a connection may take to say hello.
        state_s: Time between two reports of the robot's state.
        max_clients: Connections at once.
    """

    host: str = "127.0.0.1"
    port: int = attrs.field(default=8766, validator=within(0, 65535))
    token: str | None = None
    operator_s: float = attrs.field(default=1.0, validator=within(0.1, 60.0))
    hello_s: float = attrs.field(default=5.0, validator=within(0.1, 60.0))
    state_s: float = attrs.field(default=0.5, validator=within(0.05, 60.0))
    max_clients: int = attrs.field(default=16, validator=within(1, 1000))
