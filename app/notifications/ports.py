"""What messages to partners ask of the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Resolve = Callable[[str, int], Sequence[str]]
"""The network addresses of a host, as texts; OSError where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to call: an address that was looked up and judged, and nothing else."""

    url: str
    secure: bool
    host: str
    port: int
    path: str
    """With the query."""
    address: str
    """Of the network: what is connected to, so that a second look-up cannot lead elsewhere."""

    @property
    def authority(self) -> str:
        """The Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (443 if self.secure else 80)
        return name if usual else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of a call."""

    status: int | None
    """None: no answer."""
    failure: str | None
    """Stable name; None: delivered."""
    latency_ms: int
    retry_after: int | None = None
    """Seconds for which a busy receiver asks to be left alone."""


class Caller(Protocol):
    """Makes one call."""

    def post(self, target: Target, *, headers: Mapping[str, str], body: bytes) -> Sent:
        """Send a body; never raises for what the receiver does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """Something partners are told."""

    type: str
    """Such as `certificate.revoked`."""
    data: Mapping[str, object] = field(repr=False)
    """JSON values; opaque ids, states and times, nothing personal."""
