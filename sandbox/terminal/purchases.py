"""What a till asks about purchases. Every call raises ``Refused`` on a no."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.terminal.client import Terminal

QUOTES = "/v1/terminal/quotes"
SETTLEMENTS = "/v1/terminal/settlements"
SCOPE = "card.decode settlement"


class Purchases:
    """Reads and quotes; writes go through ``sandbox.terminal.once``, so that each is done once."""

    def __init__(self, terminal: Terminal) -> None:
        """Take a till; it signs in when it has to."""
        self.terminal = terminal

    def sign_in(self) -> str:
        """Fetch a token for both scopes."""
        return self.terminal.sign_in(SCOPE)

    def quote(self, presence_token: str, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Ask who would pay what; nothing is reserved."""
        body = {"presence_token": presence_token, "lines": list(lines)}
        return self.terminal.call("POST", QUOTES, body)

    def read_quote(self, quote_id: str) -> dict[str, Any]:
        """Fetch a quote again, such as the fresh one that a stale one led to."""
        return self.terminal.call("GET", f"{QUOTES}/{quote_id}")

    def message(self, msgid: str, *, fence: bool = False) -> dict[str, Any]:
        """Ask what became of a message; ``fence``: make sure a late one has no effect."""
        suffix = "?fence=1" if fence else ""
        return self.terminal.call("GET", f"{SETTLEMENTS}/by-msgid/{msgid}{suffix}")

    def settlement(self, settlement_id: str) -> dict[str, Any]:
        """Fetch a settlement as it stands now."""
        return self.terminal.call("GET", f"{SETTLEMENTS}/{settlement_id}")

    def send(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send one write, once."""
        return self.terminal.call("POST", path, body)
