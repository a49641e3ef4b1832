"""Everything a citizen's phone can ask of the system."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sandbox.phone.appointments import Appointment, FeePayment, Session
from sandbox.phone.http import Body, Http
from sandbox.phone.offline import BATCH, OfflineWallet
from sandbox.phone.purchases import Purchase
from sandbox.phone.results import Access, Batch, Card, CardCode, Certificate, Check, Tokens
from sandbox.phone.session import Actor, Claim, Verification, play

CLIENT_ID = "miniprogram"
FACE_GRANT = "urn:zero-run:params:oauth:grant-type:face-verification"


class NoTokenError(Exception):
    """The phone holds no token yet."""


class Phone:
    """One device of one person. Every call raises ``Refused`` when the server says no."""

    def __init__(self, http: Http) -> None:
        """Take a connection that signs with this device's key."""
        self.http = http
        self._tokens: Tokens | None = None

    def verify(self, claim: Claim, actor: Actor, *, streaming: bool = True) -> Verification:
        """Show a face; the answer may well be that it failed."""
        return play(self.http, claim, actor, streaming=streaming)

    def receipt(self, session_id: str) -> str:
        """Fetch the signed receipt of one of this device's sessions that have ended."""
        path = f"/v1/verifications/{session_id}/receipt"
        return str(self.http.call("GET", path).json()["receipt"])

    def token(self, code: str) -> Tokens:
        """Trade a verification's one-time code for tokens, and keep them."""
        return self._granted({"grant_type": FACE_GRANT, "code": code})

    def refresh(self) -> Tokens:
        """Trade the refresh token for a new pair, and keep it."""
        return self._granted({"grant_type": "refresh_token", "refresh_token": self._held().refresh})

    def adopt(self, tokens: Tokens) -> None:
        """Use tokens from elsewhere: another phone's, as a thief would, or saved ones."""
        self._tokens = tokens

    def revoke(self) -> None:
        """Log out: end the refresh token and forget both."""
        fields = {"token": self._held().refresh, "client_id": CLIENT_ID}
        self.http.call("POST", "/oauth/revoke", body=Body.form(fields))
        self._tokens = None

    def me(self) -> dict[str, Any]:
        """Return what the system knows of the person."""
        return self._get("/v1/me")

    def accesses(self) -> tuple[Access, ...]:
        """Return the first page of who saw the person's data, and why."""
        return tuple(Access.from_json(item) for item in self._get("/v1/me/accesses")["items"])

    def issue(self, certificate_type: str) -> Certificate:
        """Ask for a certificate, for example ``household_registration``."""
        return Certificate.from_json(self._post("/v1/certificates", {"type": certificate_type}))

    def issue_batch(self, types: Sequence[str]) -> Batch:
        """Ask for several certificates at once; each is issued or refused on its own."""
        return Batch.from_json(self._post("/v1/certificates/batch", {"types": list(types)}))

    def batch(self, batch_id: str) -> Batch:
        """Return how far a batch is."""
        return Batch.from_json(self._get(f"/v1/certificates/batches/{batch_id}"))

    def certificates(self) -> tuple[Certificate, ...]:
        """Return the first page of the person's certificates."""
        return tuple(Certificate.from_json(item) for item in self._get("/v1/certificates")["items"])

    def certificate(self, certificate_id: str) -> Certificate:
        """Return one certificate."""
        return Certificate.from_json(self._get(f"/v1/certificates/{certificate_id}"))

    def pdf(self, certificate_id: str) -> bytes:
        """Download a certificate's signed PDF."""
        path = f"/v1/certificates/{certificate_id}/pdf"
        return self.http.call("GET", path, token=self._held().access).body

    def open_card(self) -> Card:
        """Open the e-social-security card."""
        return Card.from_json(self._post("/v1/card", None))

    def card(self) -> Card:
        """Return the card as it stands."""
        return Card.from_json(self._get("/v1/card"))

    def card_code(self, purpose: str) -> CardCode:
        """Ask for a fresh code for one purpose, for example ``02121``, a pharmacy purchase."""
        return CardCode.from_json(self._post("/v1/card/codes", {"purpose": purpose}))

    def fetch_offline(self, wallet: OfflineWallet, count: int = BATCH) -> None:
        """Fill a wallet with new credentials for codes without a network."""
        keys = wallet.new_keys(count)
        body = wallet.request(keys, device=self.http.prover.key.thumbprint())
        wallet.accept(keys, self._post("/v1/card/offline-credentials", body))

    def freeze(self) -> Card:
        """Freeze the card; codes shown before die with it."""
        return Card.from_json(self._post("/v1/card/freeze", None))

    def unfreeze(self) -> Card:
        """Make the card usable again."""
        return Card.from_json(self._post("/v1/card/unfreeze", None))

    def report_loss(self) -> Card:
        """Report the card lost; there is no way back to this one."""
        return Card.from_json(self._post("/v1/card/report-loss", None))

    def purchases(self) -> tuple[Purchase, ...]:
        """Return the first page of what was bought with the card, newest first."""
        return tuple(Purchase.from_json(item) for item in self._get("/v1/card/purchases")["items"])

    def find_sessions(self, **wanted: str) -> tuple[Session, ...]:
        """Return the first page of hospitals' sessions, as anyone may; by ``q``, ``day_from``."""
        found = self.http.call("GET", f"/v1/clinic-sessions?{urlencode(wanted)}").json()
        return tuple(Session.from_json(item) for item in found["items"])

    def hold_place(self, session_id: str) -> Appointment:
        """Take a place of a session; it is held until its fee is paid."""
        return Appointment.from_json(self._post("/v1/appointments", {"session_id": session_id}))

    def pay_fee(self, appointment_id: str) -> FeePayment:
        """Pay an appointment's fee by the card."""
        return FeePayment.from_json(self._post(f"/v1/appointments/{appointment_id}/payment", None))

    def appointment(self, appointment_id: str) -> Appointment:
        """Return an appointment as it stands."""
        return Appointment.from_json(self._get(f"/v1/appointments/{appointment_id}"))

    def appointments(self) -> tuple[Appointment, ...]:
        """Return the first page of the person's appointments, newest first."""
        return tuple(Appointment.from_json(item) for item in self._get("/v1/appointments")["items"])

    def check_pdf(self, pdf: bytes) -> Check:
        """Have a PDF checked, as anyone may."""
        body = Body(media_type="application/pdf", data=pdf)
        return Check.from_json(self.http.call("POST", "/v1/certificate-checks", body=body).json())

    def check_code(self, certificate_id: str, code: str) -> Check:
        """Check a certificate by the code printed on it, as anyone may."""
        body = Body.json({"id": certificate_id, "code": code})
        return Check.from_json(self.http.call("POST", "/v1/certificate-checks", body=body).json())

    def _granted(self, fields: dict[str, str]) -> Tokens:
        body = Body.form(fields | {"client_id": CLIENT_ID})
        tokens = Tokens.from_json(self.http.call("POST", "/oauth/token", body=body).json())
        self._tokens = tokens
        return tokens

    def _get(self, path: str) -> dict[str, Any]:
        return self.http.call("GET", path, token=self._held().access).json()

    def _post(self, path: str, value: Mapping[str, object] | None) -> dict[str, Any]:
        body = None if value is None else Body.json(value)
        reply = self.http.call("POST", path, body=body, token=self._held().access, once=True)
        return reply.json()

    def _held(self) -> Tokens:
        if self._tokens is None:
            raise NoTokenError
        return self._tokens
