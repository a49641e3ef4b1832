"""What secrets of this service are hashed as; a hash of one use never equals one of another."""

from __future__ import annotations

import secrets
from typing import Final

from app.core.fields import FieldCipher
from app.core.jose import base64url

CODE_USE: Final = "credential-offer-code"
REFERENCE_USE: Final = "credential-offer-reference"
TX_CODE_USE: Final = "credential-offer-tx-code"
TOKEN_USE: Final = "credential-token"  # noqa: S105 - the name of a use
NOTIFICATION_USE: Final = "credential-notification"
_DERIVED_USE: Final = "credential-offer-code-of-reference"
_BYTES: Final = 32


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(_BYTES)


def code_of(cipher: FieldCipher, reference: str) -> str:
    """The pre-authorized code of an offer, from the reference it is fetched by.

    A function of the reference and our key, so that the offer can be handed out again while the
    database knows neither.
    """
    return base64url.encode(cipher.index(_DERIVED_USE, reference))


def tx_code_text(offer_id: str, tx_code: str) -> str:
    """What is hashed of a transaction code: bound to its offer, so no hash fits another."""
    return f"{offer_id}\n{tx_code}"
