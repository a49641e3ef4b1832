"""Codes that the phone shows without a network: credentials fetched before, one used a code."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import zxingcpp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from codes.credential import prove, read
from codes.keys import base64url, point_of, read_base64url, signer_of
from codes.presentation import NONCE_BYTES, present, slice_of

BATCH = 30


class NoCodesLeftError(Exception):
    """Every credential was used or is over: the phone needs a network once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A credential, its key, and the code it was used for, if it was."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    issued: bytes = field(repr=False)
    minute: int | None = None
    purpose: str = ""
    code: str = field(default="", repr=False)

    @property
    def expires_at(self) -> datetime:
        """Its end, UTC."""
        return read(self.issued).credential.expires_at

    def to_json(self) -> dict[str, Any]:
        """Write it for a file that only this phone reads."""
        pkcs8 = self.key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "key": base64url(pkcs8),
            "issued": base64url(self.issued),
            "minute": self.minute,
            "purpose": self.purpose,
            "code": self.code,
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote; ``ValueError`` if it is anything else."""
        key = serialization.load_der_private_key(read_base64url(entry["key"]), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            message = "the file holds no elliptic-curve key"
            raise ValueError(message)  # noqa: TRY004 -- a wrong file, not a wrong argument type
        return cls(
            key=key,
            issued=read_base64url(entry["issued"]),
            minute=entry["minute"],
            purpose=entry["purpose"],
            code=entry["code"],
        )


class OfflineWallet:
    """The phone's credentials. A code it showed is never made anew: it is one code a minute."""

    def __init__(self, tickets: Sequence[Ticket] = ()) -> None:
        """Begin with these, or with none."""
        self._tickets = list(tickets)

    @property
    def left(self) -> int:
        """How many codes can still be shown, if none is over."""
        return sum(ticket.minute is None for ticket in self._tickets)

    @staticmethod
    def new_keys(count: int = BATCH) -> list[ec.EllipticCurvePrivateKey]:
        """Make keys, each for one credential: used twice, a key would tell tills of one phone."""
        return [ec.generate_private_key(ec.SECP256R1()) for _ in range(count)]

    @staticmethod
    def request(keys: Sequence[ec.EllipticCurvePrivateKey], *, device: str) -> dict[str, Any]:
        """Return the body that asks for credentials; ``device`` is the phone's thumbprint."""
        points = [point_of(key.public_key()) for key in keys]
        return {
            "keys": [
                {
                    "key": base64url(point),
                    "proof": base64url(prove(point, device=device, signer=signer_of(key))),
                }
                for key, point in zip(keys, points, strict=True)
            ]
        }

    def accept(self, keys: Sequence[ec.EllipticCurvePrivateKey], reply: Mapping[str, Any]) -> None:
        """Take new credentials in the place of all earlier ones."""
        issued = [read_base64url(text) for text in reply["credentials"]]
        self._tickets = [Ticket(key=key, issued=one) for key, one in zip(keys, issued, strict=True)]

    def show(self, purpose: str, *, now: datetime) -> str:
        """Return the code of this minute for a purpose.

        Asked again within the minute it is the same code; the next minute's uses up the next
        credential. So no two tills see the same credential, unless they see the same code.

        Raises:
            NoCodesLeftError: there is none left, or they are over.
        """
        minute = slice_of(now)
        for ticket in self._tickets:
            if (ticket.minute, ticket.purpose) == (minute, purpose):
                return ticket.code
        for number, ticket in enumerate(self._tickets):
            if ticket.minute is None and now < ticket.expires_at:
                self._tickets[number] = used = _use(ticket, minute, purpose)
                return used.code
        raise NoCodesLeftError

    def save(self, path: Path) -> None:
        """Write to a file only its owner can read, whole or not at all."""
        text = json.dumps([ticket.to_json() for ticket in self._tickets])
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> "OfflineWallet":
        """Read what ``save`` wrote; ``ValueError`` or ``KeyError`` if it is anything else."""
        return cls([Ticket.from_json(entry) for entry in json.loads(path.read_text())])


def picture(code: str) -> str:
    """Draw a code for the phone's screen, as SVG: a QR code with correction level M."""
    barcode = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    svg: str = barcode.to_svg()
    return svg


def _use(ticket: Ticket, minute: int, purpose: str) -> Ticket:
    code = present(
        ticket.issued,
        signer=signer_of(ticket.key),
        slice_number=minute,
        purpose=purpose,
        nonce=secrets.token_bytes(NONCE_BYTES),
    )
    return replace(ticket, minute=minute, purpose=purpose, code=code)


def utc(seconds: float) -> datetime:
    """Return a wall clock's time as UTC."""
    return datetime.fromtimestamp(seconds, UTC)
