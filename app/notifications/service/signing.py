"""Signs calls to webhooks: HTTP Message Signatures (RFC 9421) over a digest (RFC 9530)."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Final, Protocol

ALGORITHM: Final = "ecdsa-p256-sha256"
TAG: Final = "zero-run-webhook"
CONTENT_TYPE: Final = "application/json"
_LABEL: Final = "sig1"


class Signer(Protocol):
    """A P-256 key whose public half is in the JWKS."""

    @property
    def kid(self) -> str:
        """The id under which it is published."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The raw signature: r and s, 32 bytes each (RFC 9421, 3.3.4)."""
        ...


def signed_headers(
    *, url: str, body: bytes, message_id: str, now: datetime, key: Signer
) -> dict[str, str]:
    """The headers of a signed POST.

    What is signed: the method and the whole address, so that a call to one receiver is good for
    no other; type and digest of the body; the message's id and the time, by which a receiver
    tells a repetition.

    Args:
        url: where it goes, exactly.
        body: what is sent.
        message_id: the same at each attempt.
        now: the time of this attempt.
        key: signs.
    """
    seconds = int(now.timestamp())
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    headers = {
        "content-type": CONTENT_TYPE,
        "content-digest": f"sha-256=:{digest}:",
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
    }
    covered = {"@method": "POST", "@target-uri": url, **headers}
    names = " ".join(f'"{name}"' for name in covered)
    parameters = f'({names});created={seconds};keyid="{key.kid}";alg="{ALGORITHM}";tag="{TAG}"'
    signature = base64.b64encode(key.sign(_base(covered, parameters))).decode()
    return {
        **headers,
        "signature-input": f"{_LABEL}={parameters}",
        "signature": f"{_LABEL}=:{signature}:",
    }


def _base(covered: dict[str, str], parameters: str) -> bytes:
    """The signature base (RFC 9421, 2.5)."""
    lines = [f'"{name}": {value}' for name, value in covered.items()]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")
