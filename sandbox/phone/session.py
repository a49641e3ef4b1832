"""One verification, played to its end."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sandbox.phone.camera import Filming, pieces
from sandbox.phone.chain import FrameChain, Sealed, Sealing, manifest
from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.http import Body, Http, Part
from sandbox.phone.recording import RecordedStep, Recording
from sandbox.phone.results import Verdict
from sandbox.phone.shutter import FPS
from sandbox.phone.steps import Step

CONSENT_TEXT = "2026-11"
"""The version of the consent text the citizen was shown."""
VARIANTS = ("full", "no_light", "no_motion")
"""What this phone can do: movement and light, movement alone, light alone."""
_GOES_ON = "IN_PROGRESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who the person says they are, and what for."""

    citizen_number: str
    name: str
    purpose: str = "login"
    variants: tuple[str, ...] = VARIANTS
    """What the phone offers to do."""


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
    waited_ms: tuple[float, ...] = ()
    """For each step, from the end of its film to the server's answer."""


def play(http: Http, claim: Claim, actor: Actor, *, streaming: bool = True) -> Verification:
    """Open a session and answer every step until the server decides.

    Args:
        http: The connection.
        claim: Who, and what for.
        actor: Who holds the phone.
        streaming: Whether a step's frames leave while it is filmed, or all at its end.

    Raises:
        Refused: the server ended it with an error instead of a verdict.
        UnreachableError: there was no answer.
    """
    reply = http.call("POST", "/v1/verifications", body=_opening(claim), once=True).json()
    session_id = str(reply["id"])
    sealing = actor.sealing(session_id)
    done: list[RecordedStep] = []
    waited: list[float] = []
    while "step" in reply:
        step = Step.from_json(reply["step"])
        films = pieces(actor.filming, step) if streaming else iter((actor.filming.film(step),))
        sealed: list[Sealed] = []
        path = f"/v1/verifications/{session_id}/steps/{step.n}"
        reply, ms = _sent(http, path, _kept(sealed, (sealing.seal(step, film) for film in films)))
        waited.append(ms)
        done.append(RecordedStep(n=step.n, kind=step.kind, frames=tuple(sealed)))
    recording = Recording(session_id=session_id, steps=tuple(done))
    return Verification(
        verdict=Verdict.from_json(reply), recording=recording, waited_ms=tuple(waited)
    )


def upload(frames: tuple[Sealed, ...]) -> Body:
    """Return the multipart body of one step, or of a part of one."""
    parts: list[Part] = [("manifest", manifest(frames))]
    parts += [("frames", (f"{frame.seq}.jpg", frame.jpeg, "image/jpeg")) for frame in frames]
    return Body.multipart(parts)


def _sent(
    http: Http, path: str, films: Iterator[tuple[Sealed, ...]]
) -> tuple[dict[str, Any], float]:
    """Send a step's pieces, each while the next is filmed.

    One thread beside the camera's sends them, so they arrive in their order. Returns the answer
    that counts, and the milliseconds from the end of the film to it.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        sent: list[Future[dict[str, Any]]] = []
        last = next(films)
        for film in films:
            where = f"{path}/parts/{len(sent)}"
            sent.append(beside.submit(_post, http, where, last))
            last = film
        filmed = http.now()
        sent.append(beside.submit(_last, http, path, last, tuple(sent)))
        reply = sent[-1].result()
    return reply, (http.now() - filmed) * 1000


def _last(
    http: Http, path: str, frames: tuple[Sealed, ...], parts: tuple[Future[dict[str, Any]], ...]
) -> dict[str, Any]:
    """Send the last piece, unless a part already ended the session."""
    ends = (part.result() for part in parts)
    ended = next((reply for reply in ends if reply["status"] != _GOES_ON), None)
    return ended or _post(http, path, frames)


def _post(http: Http, path: str, frames: tuple[Sealed, ...]) -> dict[str, Any]:
    return http.call("POST", path, body=upload(frames)).json()


def _kept(
    sealed: list[Sealed], films: Iterator[tuple[Sealed, ...]]
) -> Iterator[tuple[Sealed, ...]]:
    """Give the pieces on and keep their frames."""
    for film in films:
        sealed += film
        yield film


def _opening(claim: Claim) -> Body:
    camera = {"width": WIDTH, "height": HEIGHT, "fps": FPS}
    return Body.json(
        {
            "citizen_number": claim.citizen_number,
            "name": claim.name,
            "purpose": claim.purpose,
            "consent": {"text_version": CONSENT_TEXT, "accepted": True},
            "capabilities": {"camera": camera, "variants": list(claim.variants)},
        }
    )
