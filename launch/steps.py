"""The journey's steps, each usable by itself and each with the time its calls took.

Times are what the citizen waits for the server: the sum of the calls, in milliseconds; of a
verification the opening call and, for each step, from the end of its film to the answer. What is
sent while the camera films makes nobody wait.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from launch.errors import LaunchRefused
from launch.shop import BASKET, Split
from sandbox.phone.http import Refused
from sandbox.terminal.scanner import scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from launch.shop import Quote, Settlement, Shop
    from sandbox.phone.client import Phone
    from sandbox.phone.http import Http
    from sandbox.phone.purchases import Purchase
    from sandbox.phone.results import Access, CardCode, Certificate, Check, Tokens
    from sandbox.phone.session import Actor, Claim, Verification
    from sandbox.terminal.client import Presentation, Terminal

CERTIFICATE_TYPE = "household_registration"
LONG_TERM = "B-LTA"
_AGAIN_SECONDS = 0.1
PURPOSE = "02121"
"""A purchase at a pharmacy."""
_CLASSES = ("A", "B", "C")

_MORE_TRIES = 2
_TRY_AGAIN = ("NOT_VERIFIED", "ACTION_NOT_SEEN")

T = TypeVar("T")


class StepFailed(LaunchRefused):
    """A step of the journey did not hold; the message says which and what the server answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Generic[T]):
    """What a step gave, and what its calls took."""

    value: T
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A certificate and its PDF."""

    certificate: Certificate
    pdf: bytes


def verify(phone: Phone, claim: Claim, actor: Actor) -> Taken[Verification]:
    """Show a face, which has to pass; who is not believed tries again, as two in a hundred do."""
    taken = _shown(phone, claim, actor)
    for _ in range(_MORE_TRIES):
        if taken.value.verdict.retry_code in _TRY_AGAIN:
            taken = _shown(phone, claim, actor)
    verdict = taken.value.verdict
    if not verdict.passed:
        msg = f"The verification did not pass: {verdict.status} {verdict.retry_code}"
        raise StepFailed(msg)
    return taken


def _shown(phone: Phone, claim: Claim, actor: Actor) -> Taken[Verification]:
    before = len(phone.http.timings)
    taken = timed("verification", phone.http, lambda: phone.verify(claim, actor))
    opening = phone.http.timings[before].ms
    return Taken(value=taken.value, ms=opening + sum(taken.value.waited_ms))


def fetch_token(phone: Phone, verification: Verification) -> Taken[Tokens]:
    """Trade the one-time code for tokens bound to the phone's key."""
    return timed("token", phone.http, lambda: phone.token(verification.verdict.code))


def get_certificate(phone: Phone) -> Taken[Document]:
    """Have a certificate issued and download its PDF."""

    def get() -> Document:
        certificate = phone.issue(CERTIFICATE_TYPE)
        return Document(certificate=certificate, pdf=phone.pdf(certificate.id))

    return timed("certificate", phone.http, get)


def fetch_upgraded(
    phone: Phone,
    document: Document,
    *,
    seconds: float = 1.0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Document:
    """Download a certificate again once it has a trusted time; as it is when that takes longer.

    Args:
        phone: the citizen's device.
        document: as it was issued.
        seconds: how long to wait for it at most.
        clock: monotonic seconds.
        sleep: waits.
    """
    deadline = clock() + seconds
    certificate = phone.certificate(document.certificate.id)
    while certificate.signature_level != LONG_TERM and clock() < deadline:
        sleep(_AGAIN_SECONDS)
        certificate = phone.certificate(certificate.id)
    return Document(certificate=certificate, pdf=phone.pdf(certificate.id))


def check_certificate(phone: Phone, document: Document) -> Taken[Check]:
    """Have the PDF checked as anybody may; it has to be valid."""
    taken = timed("check", phone.http, lambda: phone.check_pdf(document.pdf))
    if not taken.value.valid:
        msg = f"The public check refuses the certificate: {dict(taken.value.verdict)}"
        raise StepFailed(msg)
    return taken


def show_code(phone: Phone) -> Taken[CardCode]:
    """Open the card and show a code on the screen."""

    def show() -> CardCode:
        phone.open_card()
        return phone.card_code(PURPOSE)

    return timed("card", phone.http, show)


def decode(till: Terminal, shown: CardCode) -> Taken[Presentation]:
    """Let the cashier scan the picture on the screen and ask whose code it is."""
    digits = scan(shown.qr_svg)
    if digits != shown.code:
        msg = "The picture of the card's code does not show the code."
        raise StepFailed(msg)
    return timed("decode", till.http, lambda: till.decode(digits, PURPOSE))


def quote(shop: Shop, presentation: Presentation) -> Taken[Quote]:
    """Ask what the basket costs whom; it has an item of each class."""
    taken = timed("quote", shop.http, lambda: shop.quote(presentation.presence_token))
    found = taken.value
    if not found.split.holds or found.categories != _CLASSES:
        msg = f"The quote is not one of the basket: {found}"
        raise StepFailed(msg)
    return taken


def settle(shop: Shop, quoted: Quote) -> Taken[Settlement]:
    """Settle the quote, which has to cost what it said."""
    taken = timed("settle", shop.http, lambda: shop.settle(quoted))
    done = taken.value
    if done.status != "SETTLED" or done.split != quoted.split:
        msg = f"The settlement is not what was quoted: {done}, {quoted}"
        raise StepFailed(msg)
    return taken


def read_purchases(phone: Phone, settlement: Settlement) -> Taken[Purchase]:
    """Read what was bought with the card; the newest is this purchase, to the fen."""
    taken = timed("purchases", phone.http, lambda: phone.purchases()[:1])
    for newest in taken.value:
        split = Split(
            total=newest.total, fund=newest.fund, account=newest.account, cash=newest.cash
        )
        if newest.id == settlement.id and split == settlement.split:
            return Taken(value=newest, ms=taken.ms)
    msg = "The phone does not show the purchase as it was settled."
    raise StepFailed(msg)


def refund(shop: Shop, settlement: Settlement) -> Taken[Split]:
    """Give one unit of the first line back; all payers together get its price."""
    taken = timed("refund", shop.http, lambda: shop.refund(settlement, n=1, quantity=1))
    if not taken.value.holds or taken.value.total != BASKET[0].unit_price_fen:
        msg = f"The refund is not the price of what came back: {taken.value}"
        raise StepFailed(msg)
    return taken


def read_accesses(phone: Phone) -> Taken[tuple[Access, ...]]:
    """Read who saw the citizen's data; the cashier has to be among them."""
    taken = timed("accesses", phone.http, phone.accesses)
    if not taken.value:
        msg = "The list of accesses is empty, although the citizen's data were read."
        raise StepFailed(msg)
    return taken


def timed(name: str, http: Http, play: Callable[[], T]) -> Taken[T]:
    """Play a step and add up what its calls over this connection took.

    Raises:
        StepFailed: a call was refused.
    """
    before = len(http.timings)
    try:
        value = play()
    except Refused as refused:
        msg = f"The step {name} was refused: {refused}"
        raise StepFailed(msg) from refused
    return Taken(value=value, ms=sum(timing.ms for timing in http.timings[before:]))
