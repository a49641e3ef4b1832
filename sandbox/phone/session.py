"""One verification, played to its end."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.phone.camera import FPS, Filming
from sandbox.phone.chain import FrameChain, Sealed, Sealing, manifest
from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.http import Body, Http, Part
from sandbox.phone.recording import RecordedStep, Recording
from sandbox.phone.results import Verdict
from sandbox.phone.steps import Step

CONSENT_TEXT = "2026-11"
"""The version of the consent text the citizen was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who the person says they are, and what for."""

    citizen_number: str
    name: str
    purpose: str = "login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who holds the phone: the camera's view, and the way its frames are sealed.

    Misbehaviour replaces one or both.
    """

    filming: Filming
    sealing: Callable[[str], Sealing] = FrameChain
    """Called with the session's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A finished session: the server's verdict and what was sent."""

    verdict: Verdict
    recording: Recording


def play(http: Http, claim: Claim, actor: Actor) -> Verification:
    """Open a session and answer every step until the server decides.

    Raises:
        Refused: the server ended it with an error instead of a verdict.
        UnreachableError: there was no answer.
    """
    reply = http.call("POST", "/v1/verifications", body=_opening(claim), once=True).json()
    session_id = str(reply["id"])
    sealing = actor.sealing(session_id)
    done: list[RecordedStep] = []
    while "step" in reply:
        step = Step.from_json(reply["step"])
        frames = sealing.seal(step, actor.filming.film(step))
        done.append(RecordedStep(n=step.n, kind=step.kind, frames=frames))
        path = f"/v1/verifications/{session_id}/steps/{step.n}"
        reply = http.call("POST", path, body=upload(frames)).json()
    recording = Recording(session_id=session_id, steps=tuple(done))
    return Verification(verdict=Verdict.from_json(reply), recording=recording)


def upload(frames: tuple[Sealed, ...]) -> Body:
    """Return the multipart body of one step."""
    parts: list[Part] = [("manifest", manifest(frames))]
    parts += [("frames", (f"{frame.seq}.jpg", frame.jpeg, "image/jpeg")) for frame in frames]
    return Body.multipart(parts)


def _opening(claim: Claim) -> Body:
    camera = {"width": WIDTH, "height": HEIGHT, "fps": FPS}
    return Body.json(
        {
            "citizen_number": claim.citizen_number,
            "name": claim.name,
            "purpose": claim.purpose,
            "consent": {"text_version": CONSENT_TEXT, "accepted": True},
            "capabilities": {"camera": camera, "variants": ["no_light"]},
        }
    )
