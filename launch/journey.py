"""The main journey: face, token, certificate, public check, card, purchase, accesses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from launch import steps
from launch.shop import Shop
from sandbox.terminal.money import yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from launch.shop import Quote, Settlement
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
    """What the server took: verification, token, certificate, check, card, decode, quote, settle,
    purchases, refund, accesses."""
    document: Document
    recording: Recording
    """The frames and manifests of the verification, for whoever wants to replay them."""
    verdict_ms: float
    """From the last frame of the verification to its verdict."""
    tokens: Tokens
    code: str
    """The card's code, used up."""
    presence_token: str = field(repr=False)
    """What the cashier got for it; it has paid for a purchase."""

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
        till: the cashier, signed in for decoding and selling.
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
    shop = Shop(till)
    quoted = steps.quote(shop, decoded.value)
    told("quote", quoted, _quoted(quoted.value))
    settled = steps.settle(shop, quoted.value)
    told("settle", settled, _settled(settled.value))
    told("purchases", steps.read_purchases(phone, settled.value), "the phone shows the same split")
    back = steps.refund(shop, settled.value)
    told("refund", back, f"one box comes back, {yuan(back.value.total)} yuan to who paid it")
    seen = steps.read_accesses(phone)
    told("accesses", seen, f"the citizen sees {len(seen.value)} looks at their data")
    return Journey(
        ms_by_step=times,
        document=document,
        recording=verified.recording,
        verdict_ms=verified.waited_ms[-1],
        tokens=tokens,
        code=shown.code,
        presence_token=decoded.value.presence_token,
    )


def _quoted(quote: Quote) -> str:
    split = quote.split
    return (
        f"items of class 甲, 乙 and 丙, {yuan(split.total)} yuan: the fund pays {yuan(split.fund)}"
    )


def _settled(settlement: Settlement) -> str:
    split = settlement.split
    return f"own account {yuan(split.account)}, cash {yuan(split.cash)} into the till"
