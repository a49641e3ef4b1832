"""What a till asks of the system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from sandbox.phone.http import Body, Http
from sandbox.terminal.assertion import ClientAssertions
from sandbox.terminal.offline import KEYS, REVOCATIONS, OfflineTill
from sandbox.terminal.scanner import scan

SCOPE = "card.decode"


class NotSignedInError(Exception):
    """The till has not fetched a token yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """Whose card was shown, masked, and the token that proves it was."""

    name: str
    citizen_number: str
    presence_token: str = field(repr=False)
    expires_at: str

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read the decode's answer."""
        return cls(
            name=reply["holder"]["name"],
            citizen_number=reply["holder"]["citizen_number"],
            presence_token=reply["presence_token"],
            expires_at=reply["expires_at"],
        )


class Terminal:
    """One till. Every call raises ``Refused`` (with the cashier's ``action``) on a no."""

    def __init__(self, *, http: Http, assertions: ClientAssertions) -> None:
        """Take a connection that signs with this till's own key."""
        self.http = http
        self._assertions = assertions
        self._token: str | None = None

    def sign_in(self, scope: str = SCOPE) -> str:
        """Fetch an access token for the till (client credentials), keep it and return it."""
        fields = {"grant_type": "client_credentials", "scope": scope}
        body = Body.form(fields | self._assertions.fields())
        token = str(self.http.call("POST", "/oauth/token", body=body).json()["access_token"])
        self._token = token
        return token

    @property
    def signed_in(self) -> bool:
        """Whether there is a token; it may have ended."""
        return self._token is not None

    def adopt(self, token: str) -> None:
        """Use a token that was fetched before, with the same proof key."""
        self._token = token

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Make one call as this till."""
        if self._token is None:
            raise NotSignedInError
        encoded = None if body is None else Body.json(body)
        return self.http.call(method, path, body=encoded, token=self._token).json()

    def decode(self, code: str, purpose: str) -> Presentation:
        """Ask whose code this is; each code answers once."""
        if self._token is None:
            raise NotSignedInError
        body = Body.json({"code": code, "purpose": purpose})
        reply = self.http.call("POST", "/v1/terminal/decode", body=body, token=self._token)
        return Presentation.from_json(reply.json())

    def upload(self, uploads: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Bring in codes that were taken without a network; each gets an outcome."""
        if self._token is None:
            raise NotSignedInError
        body = Body.json({"uploads": list(uploads)})
        reply = self.http.call("POST", "/v1/terminal/uploads", body=body, token=self._token)
        return list(reply.json()["outcomes"])

    def refresh(self, till: OfflineTill, *, now: datetime) -> None:
        """Fetch what a till needs to check codes without a network; nobody has to sign in."""
        keys = self.http.call("GET", KEYS).json()
        till.refresh(keys, self._piece, now=now)

    def _piece(self, since: int) -> bytes:
        return self.http.call("GET", f"{REVOCATIONS}?since={since}").body

    def read(self, svg: str, purpose: str) -> Presentation:
        """Scan the picture on the phone, then ask whose code it shows."""
        return self.decode(scan(svg), purpose)
