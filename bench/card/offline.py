"""Measure offline codes: ``python -m bench.card.offline``; the last line is JSON.

Everything a phone and a till do without a network, in one process: no server, no database. Times
are of the process's own processor, medians of single calls.
"""

from __future__ import annotations

import argparse
import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec

from codes import base45, presentation, revocations
from codes.checking import check
from codes.credential import Credential, issue
from codes.keys import ALIAS_BYTES, IssuerKeys, key_id, point_of, signer_of
from codes.presentation import NONCE_BYTES, PREFIX, present, slice_of
from codes.revocations import PIECE, Piece, Revocations

_PURPOSE = "02121"
_MODULES_OF_VERSION_0, _MODULES_A_VERSION = 17, 4  # ISO/IEC 18004, 6.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured."""

    bytes: int
    """Of the code before base45."""
    chars: int
    qr_version: int
    """At correction level M."""
    make_ms: float
    verify_ms: float
    """With 10,000 revocations known."""
    verify_p99_ms: float
    forged_ms: float
    """To refuse a code whose issuer signed nothing: what an attacker makes a till spend."""


class Scene:
    """An issuer, a phone with a credential, and a till that knows a full piece of revocations."""

    def __init__(self, now: datetime) -> None:
        """Make keys, and everything that is signed before a code is shown."""
        self.now = now
        issuer, self.phone = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.keys = IssuerKeys.of([issuer.public_key()])
        claims = Credential(
            point=point_of(self.phone.public_key()),
            not_before=now - timedelta(hours=5),
            expires_at=now + timedelta(hours=25),
            level="L3",
            cap_fen=300_00,
        )
        kid = key_id(issuer.public_key())
        self.issued = issue(claims, signer=signer_of(issuer), key_id=kid)
        stranger = ec.generate_private_key(ec.SECP256R1())
        self.forged = issue(claims, signer=signer_of(stranger), key_id=kid)
        aliases = [secrets.token_bytes(ALIAS_BYTES) for _ in range(PIECE)]
        piece = Piece(since=0, upto=PIECE, head=PIECE, at=now, aliases=aliases)
        signed = revocations.publish(piece, signer=signer_of(issuer), key_id=kid)
        self.known = Revocations().take(signed, self.keys)

    def show(self, issued: bytes) -> str:
        """A code as the phone shows it."""
        return present(
            issued,
            signer=signer_of(self.phone),
            slice_number=slice_of(self.now),
            purpose=_PURPOSE,
            nonce=secrets.token_bytes(NONCE_BYTES),
        )

    def accepts(self, code: str) -> bool:
        """Whether the till accepts a code."""
        return check(
            code,
            keys=self.keys,
            revocations=self.known,
            now=self.now,
            purposes={_PURPOSE},
        ).accepted


def measure(runs: int) -> Figures:
    """Measure.

    Raises:
        ValueError: a good code was refused, or a forged one accepted: nothing is worth measuring.
    """
    scene = Scene(datetime.now(UTC))
    codes = [scene.show(scene.issued) for _ in range(runs)]
    forged = [scene.show(scene.forged) for _ in range(runs)]
    if not all(map(scene.accepts, codes)) or any(map(scene.accepts, forged)):
        message = "the verdicts are wrong"
        raise ValueError(message)
    making = _each(lambda _: scene.show(scene.issued), codes)
    checking = _each(scene.accepts, codes)
    return Figures(
        bytes=len(base45.decode(codes[0].removeprefix(PREFIX))),
        chars=len(codes[0]),
        qr_version=_version(codes[0]),
        make_ms=round(statistics.median(making), 3),
        verify_ms=round(statistics.median(checking), 3),
        verify_p99_ms=round(statistics.quantiles(checking, n=100)[98], 3),
        forged_ms=round(statistics.median(_each(scene.accepts, forged)), 3),
    )


def _each(work: Callable[[str], object], given: Sequence[str]) -> list[float]:
    times = []
    for one in given:
        begun = time.process_time_ns()
        work(one)
        times.append((time.process_time_ns() - begun) / 1e6)
    return times


def _version(code: str) -> int:
    barcode = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    # The picture offers its bytes as a buffer, which its stubs do not say.
    picture: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    side = len(memoryview(picture))
    return (side - _MODULES_OF_VERSION_0) // _MODULES_A_VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured, for people and then as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.card.offline", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="codes (%(default)s)")
    figures = measure(parser.parse_args(arguments).runs)
    room = presentation.MAX_CHARS
    print(f"code      {figures.bytes} bytes, {figures.chars} of {room} characters")
    print(f"QR        version {figures.qr_version}, level M")
    print(f"phone     makes one in {figures.make_ms} ms")
    print(f"till      checks one in {figures.verify_ms} ms (p99 {figures.verify_p99_ms} ms),")
    print(f"          refuses a forged one in {figures.forged_ms} ms")
    print(json.dumps({"offline_code": asdict(figures)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
