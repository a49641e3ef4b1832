"""The main journey: face, token, certificate, public check, card, pharmacy, accesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from launch import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from launch.steps import Document, T, Taken
    from sandbox.phone.client import Phone
    from sandbox.phone.recording import Recording
    from sandbox.phone.results import Tokens
    from sandbox.phone.session import Actor, Claim
    from sandbox.terminal.client import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step as it is told to people."""

    name: str
    ms: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A journey that held from end to end."""

    ms_by_step: Mapping[str, float]
    """verification, token, certificate, check, card, decode, accesses: what the server took."""
    document: Document
    recording: Recording
    """The frames and manifests of the verification, for whoever wants to replay them."""
    verdict_ms: float
    """From the last frame of the verification to its verdict."""
    tokens: Tokens
    code: str
    """The card's code, used up."""

    @property
    def ms(self) -> float:
        """Milliseconds of the whole journey, without the camera's time."""
        return sum(self.ms_by_step.values())


def play_journey(
    phone: Phone,
    *,
    till: Terminal,
    claim: Claim,
    actor: Actor,
    tell: Callable[[Line], None] = lambda _: None,
) -> Journey:
    """Play all steps in their order.

    Args:
        phone: the citizen's device.
        till: the cashier, signed in.
        claim: who the citizen says they are.
        actor: the face before the camera.
        tell: hears of each step as it ends.

    Raises:
        StepFailed: a step did not hold.
        UnreachableError: there was no answer.
    """
    times: dict[str, float] = {}

    def told(name: str, taken: Taken[T], text: str) -> T:
        times[name] = taken.ms
        tell(Line(name=name, ms=taken.ms, text=text))
        return taken.value

    verified = told("verification", steps.verify(phone, claim, actor), "the face is the citizen's")
    tokens = told("token", steps.fetch_token(phone, verified), "bound to the phone's key")
    document = told("certificate", steps.get_certificate(phone), "issued, signed, downloaded")
    told("check", steps.check_certificate(phone, document), "anybody finds the PDF valid")
    shown = told("card", steps.show_code(phone), "a code for 60 s, shown as a QR")
    decoded = steps.decode(till, shown)
    told("decode", decoded, f"the cashier scanned it and sees {decoded.value.name}")
    seen = steps.read_accesses(phone)
    told("accesses", seen, f"the citizen sees {len(seen.value)} looks at their data")
    return Journey(
        ms_by_step=times,
        document=document,
        recording=verified.recording,
        verdict_ms=verified.waited_ms[-1],
        tokens=tokens,
        code=shown.code,
    )
