"""A device that keeps whole answers: status, headers, body. The sandbox's phone only raises."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Self

import urllib3

from sandbox.phone.camera import Frame
from sandbox.phone.chain import FrameChain, Sealed, Sealing
from sandbox.phone.client import CLIENT_ID, FACE_GRANT
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Body
from sandbox.phone.keys import DeviceKey
from sandbox.phone.session import Actor, Claim, upload
from sandbox.phone.steps import Step

_MORE_TRIES = 2
_JUDGED = ("NOT_VERIFIED", "ACTION_NOT_SEEN")
"""What the judge says of a face it does not believe; other codes are of the protocol."""
_TIMEOUT = urllib3.Timeout(connect=3.0, read=30.0)
_SECRETS = ("code", "access_token", "refresh_token", "check_code", "check_url", "presence_token")
OPENING = {
    "purpose": "login",
    "consent": {"text_version": "2026-11", "accepted": True},
    "capabilities": {
        "camera": {"width": 480, "height": 640, "fps": 15},
        "variants": ["no_light"],
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    json: dict[str, Any]

    @property
    def brief(self) -> tuple[int, str]:
        """Status and code of a refusal."""
        return self.status, self.json.get("code", "")

    @property
    def asks_to_come_back(self) -> bool:
        """Whether it says after how many seconds."""
        return self.headers.get("Retry-After", "").isdecimal()


class Wire:
    """One device's connection; `heard` collects the secrets that pass over it."""

    def __init__(self, base_url: str, *, heard: set[str]) -> None:
        self.base_url = base_url
        self.prover = Prover(key=DeviceKey.generate(), clock=time.time)
        self._heard = heard
        self._pool = urllib3.PoolManager(retries=False, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()

    def elsewhere(self, base_url: str) -> Wire:
        """The same device before another server of the system."""
        other = Wire(base_url, heard=self._heard)
        other.prover = self.prover
        return other

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        token: str | None = None,
        key: str | None = None,
    ) -> Answer:
        """Send one request; `key` is its Idempotency-Key."""
        proof = self.prover.proof(method, self.base_url + path, access_token=token)
        headers = {"Accept-Language": "en", "DPoP": proof}
        if token is not None:
            headers["Authorization"] = f"DPoP {token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = body.media_type
        data = None if body is None else body.data
        url = self.base_url + path
        got = self._pool.request(method, url, body=data, headers=headers, redirect=False)
        if got.status >= 400:
            # What was refused may not have been read; its connection may end any moment.
            self._pool.clear()
        told = _json(got)
        self._heard.update({proof, *(told[name] for name in _SECRETS if name in told)})
        return Answer(status=got.status, headers=got.headers, json=told)

    def begin(self, claim: Claim, *, key: str | None = None) -> Answer:
        told = {**OPENING, "citizen_number": claim.citizen_number, "name": claim.name}
        once = key or secrets.token_urlsafe(16)
        return self.send("POST", "/v1/verifications", body=Body.json(told), key=once)

    def redeem(self, code: str) -> Answer:
        """Trade a one-time code for tokens."""
        fields = {"grant_type": FACE_GRANT, "code": code, "client_id": CLIENT_ID}
        return self.send("POST", "/oauth/token", body=Body.form(fields))


def _json(got: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    if "json" not in got.headers.get("Content-Type", ""):
        return {}
    told: dict[str, Any] = json.loads(got.data)
    return told


class Session:
    """One verification, gone through one request at a time."""

    def __init__(self, wire: Wire, claim: Claim, actor: Actor) -> None:
        """Begin it; it has to be accepted."""
        self.wire = wire
        self.opening = wire.begin(claim)
        assert self.opening.status == 201, self.opening
        self.id = str(self.opening.json["id"])
        self.step: Step | None = Step.from_json(self.opening.json["step"])
        self.actor = actor
        self._sealing: Sealing = actor.sealing(self.id)
        self._sealed = self._sealing

    @property
    def path(self) -> str:
        return f"/v1/verifications/{self.id}"

    def film(self) -> tuple[Sealed, ...]:
        """Film and seal the step that is due; filming it again is no other step."""
        assert self.step is not None
        self._sealed = copy(self._sealing)
        return self._sealed.seal(self.step, self.actor.filming.film(self.step))

    def send(self, frames: tuple[Sealed, ...], *, n: int | None = None) -> Answer:
        """Send frames, and go on to the next step if they were accepted."""
        return self.post(upload(frames), n=n)

    def post(self, body: Body, *, n: int | None = None) -> Answer:
        due = 0 if self.step is None else self.step.n
        answer = self.wire.send("POST", f"{self.path}/steps/{due if n is None else n}", body=body)
        if answer.status == 200 and n is None:
            self._sealing = self._sealed
            told = answer.json.get("step")
            self.step = None if told is None else Step.from_json(told)
        return answer

    def finish(self) -> Answer:
        """Answer every step that is left."""
        answer = self.look()
        while self.step is not None and answer.status == 200:
            answer = self.send(self.film())
        return answer

    def look(self) -> Answer:
        """Ask how the session stands."""
        return self.wire.send("GET", self.path)


def until_believed(play: Callable[[], Answer]) -> Answer:
    """Play an honest session until the judge believes it: two in a hundred are refused.

    Args:
        play: One session, from its beginning to its verdict.
    """
    ended = play()
    for _ in range(_MORE_TRIES):
        if ended.json.get("retry_code") in _JUDGED:
            ended = play()
    return ended


def sealed_for(session: Session, *jpegs: bytes) -> tuple[Sealed, ...]:
    """The manifest of pictures that no camera took, at times of no camera."""
    assert session.step is not None
    chain = FrameChain(session.id)
    frames = [Frame(jpeg=jpeg, t_ms=1000 + 66 * n) for n, jpeg in enumerate(jpegs)]
    return chain.seal(session.step, frames)
