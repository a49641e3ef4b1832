"""An offline code at a till that has a network: used up at once, like the online one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.card.errors import (
    CODE_CLOCK_OFF,
    CODE_EXPIRED,
    CODE_FORGED,
    CODE_PURPOSE_MISMATCH,
    CODE_UNREADABLE,
    CODE_USED,
    OFFLINE_DOUBLE_USE,
)
from app.card.policy import CardPolicy
from app.card.service.consuming import Consumed
from app.card.service.offline.consuming import ShownCode, consume_live
from app.core.errors import ErrorKind
from app.core.keys.provider import SigningRing
from codes import presentation
from codes.checking import reason_against_signatures, reason_against_slice
from codes.errors import MalformedError
from codes.keys import IssuerKeys
from codes.presentation import PREFIX, Presentation
from codes.results import Reason

_TIMES: Final = {Reason.STALE: CODE_EXPIRED, Reason.CLOCK_AHEAD: CODE_CLOCK_OFF}


def is_offline(code: str) -> bool:
    """Whether a code claims to be an offline one."""
    return code.startswith(PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineDecoding:
    """Uses up offline codes for tills that have a network."""

    ring: SigningRing = field(repr=False)
    """The signing ring "card"."""
    policy: CardPolicy

    def consume(
        self, tx: Session, *, code: str, purpose: str, terminal_id: str, now: datetime
    ) -> Consumed | ErrorKind:
        """Use a code up.

        1. It has the form of a code.
        2. The issuer signed its credential, and the credential's key the code.
        3. It is for the purpose the terminal names.
        4. Its minute is the present one, give or take the clocks' difference.
        5. One statement uses the credential up: `consume_live`.

        Returns:
            What was consumed, or why not.
        """
        try:
            shown = presentation.read(code)  # 1
        except MalformedError:
            return CODE_UNREADABLE
        refused = self._refusal(shown, purpose, now)  # 2-4
        if refused is not None:
            return refused
        bound = ShownCode(presentation=shown, text=code, terminal_id=terminal_id)
        found = consume_live(tx, bound, now=now)  # 5
        return CODE_USED if found is OFFLINE_DOUBLE_USE else found

    def _refusal(self, shown: Presentation, purpose: str, now: datetime) -> ErrorKind | None:
        keys = IssuerKeys.read(self.ring.public_jwks())
        if reason_against_signatures(shown, keys) is not None:  # 2
            return CODE_FORGED
        if shown.purpose != purpose:  # 3
            return CODE_PURPOSE_MISMATCH
        untimely = reason_against_slice(shown, now, skew=self.policy.clock_skew)  # 4
        return None if untimely is None else _TIMES[untimely]
