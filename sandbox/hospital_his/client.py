"""What a hospital's system asks of the city."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.phone.http import Body, Http, Refused, Reply
from sandbox.terminal.assertion import ClientAssertions

SCOPES = "card.decode events.read hospital.desk hospital.fhir hospital.schedule"
_R4 = "/fhir/R4"
_FHIR = "application/fhir+json"
_NDJSON = "application/x-ndjson"
_REGISTRATION = "01101"
_NOT_SIGNED_IN = 401
_PAGE = 100


class Hospital:
    """One hospital's client. Every call raises ``Refused`` on a no, ``UnreachableError`` on none.

    A token that has ended is replaced once; the new one is handed to whoever keeps it.
    """

    def __init__(
        self,
        *,
        http: Http,
        assertions: ClientAssertions,
        token: str | None,
        keep: Callable[[str], None],
    ) -> None:
        """Take a connection that signs with this system's own key, and the last token."""
        self.http = http
        self._assertions = assertions
        self._token = token
        self._keep = keep

    def sign_in(self) -> None:
        """Fetch an access token (client credentials, private_key_jwt), bound to the proof key."""
        fields = {"grant_type": "client_credentials", "scope": SCOPES}
        body = Body.form(fields | self._assertions.fields())
        self._token = str(self.http.call("POST", "/oauth/token", body=body).json()["access_token"])
        self._keep(self._token)

    def headers(self, method: str, url: str) -> dict[str, str]:
        """The headers of one call that somebody else makes: the proof is good for one."""
        self.sign_in()
        proof = self.http.prover.proof(method, url, access_token=self._token)
        return {"Authorization": f"DPoP {self._token}", "DPoP": proof}

    def events(self, after: int) -> dict[str, Any]:
        """The next page of the feed; from the earliest that is kept where nothing was read yet."""
        since = f"&after={after}" if after else ""
        return self._call("GET", f"/v1/partners/events?limit={_PAGE}{since}").json()

    def check_in(self, code: str) -> dict[str, Any]:
        """Check in whoever shows a code; each code is good once."""
        return self._call("POST", "/v1/hospital/check-ins", Body.json({"code": code})).json()

    def served(self, appointment: str) -> dict[str, Any]:
        """The doctor has seen them; a second time changes nothing."""
        return self._call("POST", f"/v1/hospital/appointments/{appointment}/service").json()

    def book(self, code: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """Book for whoever shows a code at the window; parameters are references by name."""
        shown = self._call(
            "POST",
            "/v1/terminal/decode",
            Body.json({"code": code, "purpose": _REGISTRATION}),
        ).json()
        told: list[dict[str, Any]] = [
            {"name": name, "valueReference": {"reference": value}}
            for name, value in parameters.items()
        ]
        told.append({"name": "presence", "valueString": shown["presence_token"]})
        return self.operate("book", told)

    def import_lines(self, data: bytes, *, dry_run: bool) -> dict[str, Any]:
        """Send a schedule as NDJSON; the same once more changes nothing."""
        path = "/v1/hospital/imports" + ("?dry_run=true" if dry_run else "")
        return self._call("POST", path, Body(media_type=_NDJSON, data=data)).json()

    def operate(self, operation: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
        """One operation of FHIR's Appointment."""
        encoded = Body.json({"resourceType": "Parameters", "parameter": parameters})
        body = Body(media_type=_FHIR, data=encoded.data)
        return self._fhir("POST", f"Appointment/${operation}", body)

    def read(self, path: str) -> dict[str, Any]:
        """A FHIR resource or search."""
        return self._fhir("GET", path)

    def write(self, path: str, body: Mapping[str, Any], *, key: str) -> Reply:
        """A write that takes effect once under its key, however often it is sent."""
        return self._call("POST", path, Body.json(body), once=key)

    def _fhir(self, method: str, path: str, body: Body | None = None) -> dict[str, Any]:
        """A call whose refusals are OperationOutcomes: the code is that of the first issue."""
        try:
            return self._call(method, f"{_R4}/{path}", body).json()
        except Refused as refused:
            issue = next(iter(refused.members.get("issue", ())), None)
            if issue is None:
                raise
            details = issue["details"]
            code, text = details["coding"][0]["code"], details["text"]
            raise Refused(
                status=refused.status, code=code, detail=text, members=refused.members
            ) from None

    def _call(
        self, method: str, path: str, body: Body | None = None, *, once: bool | str = False
    ) -> Reply:
        if self._token is None:
            self.sign_in()
        try:
            return self.http.call(method, path, body=body, token=self._token, once=once)
        except Refused as refused:
            if refused.status != _NOT_SIGNED_IN:
                raise
        self.sign_in()
        return self.http.call(method, path, body=body, token=self._token, once=once)
