"""Checking an offline code without a network."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from codes import presentation
from codes.errors import MalformedError
from codes.keys import IssuerKeys
from codes.presentation import SLICE, Presentation
from codes.results import Reason, Verdict
from codes.revocations import Revocations


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What a till puts up with."""

    skew: timedelta = timedelta(seconds=60)
    """Difference of the clocks of phone and till, to either side."""
    delta_age: timedelta = timedelta(hours=24)
    """How old its list of revocations may be."""


NORMAL: Final = Tolerance()


def check(
    text: str,
    *,
    keys: IssuerKeys,
    revocations: Revocations,
    now: datetime,
    purposes: Collection[str],
    tolerance: Tolerance = NORMAL,
) -> Verdict:
    """Judge a code, in about 0.2 ms.

    1. It has the form of a code: nothing else is decoded.
    2. A published key of the issuer signed the credential.
    3. The credential's key signed the code.
    4. The credential is valid at `now`.
    5. The purpose is one of those asked for. None asked for: none is right.
    6. The code's minute is the present one, give or take the clocks' difference.
    7. The list of revocations is whole, and neither too old nor from the future.
    8. The credential is not on it.

    The caller still owes that it accepts a code once, sells no more than `cap_fen` on it, and
    uploads it: that somebody accepted it elsewhere only the issuer can see.

    Args:
        text: what was scanned; any text.
        keys: the issuer's published keys.
        revocations: what is known of revocations.
        now: the present moment, aware.
        purposes: the purposes the till asks for.
        tolerance: what it puts up with.
    """
    try:
        shown = presentation.read(text)  # 1
    except MalformedError:
        return Verdict(reason=Reason.MALFORMED)
    return judge(
        shown,
        keys=keys,
        revocations=revocations,
        now=now,
        purposes=purposes,
        tolerance=tolerance,
    )


def judge(
    shown: Presentation,
    *,
    keys: IssuerKeys,
    revocations: Revocations,
    now: datetime,
    purposes: Collection[str],
    tolerance: Tolerance = NORMAL,
) -> Verdict:
    """Judge a code that was taken apart; as `check`, from 2 on."""
    forged = reason_against_signatures(shown, keys)  # 2, 3
    if forged is not None:
        return Verdict(reason=forged)
    found = (
        _reason_against_times(shown, now)  # 4
        or (None if shown.purpose in purposes else Reason.WRONG_PURPOSE)  # 5
        or reason_against_slice(shown, now, skew=tolerance.skew)  # 6
        or _reason_against_list(revocations, now, tolerance)  # 7
        or (Reason.REVOKED if shown.issued.credential.alias in revocations.aliases else None)  # 8
    )
    credential = shown.issued.credential
    return Verdict(
        reason=found,
        alias=credential.alias,
        purpose=shown.purpose,
        slice_start=shown.slice_start,
        level=credential.level,
        cap_fen=credential.cap_fen,
    )


def reason_against_signatures(shown: Presentation, keys: IssuerKeys) -> Reason | None:
    """Why issuer or holder did not sign the code, or None."""
    forged = shown.issued.reason_against(keys)
    if forged is not None:
        return forged
    return None if shown.is_by_holder() else Reason.BAD_SIGNATURE


def reason_against_slice(shown: Presentation, now: datetime, *, skew: timedelta) -> Reason | None:
    """Why the code is not of the present minute, or None."""
    if now < shown.slice_start - skew:
        return Reason.CLOCK_AHEAD
    return Reason.STALE if now >= shown.slice_start + SLICE + skew else None


def _reason_against_times(shown: Presentation, now: datetime) -> Reason | None:
    credential = shown.issued.credential
    if now < credential.not_before:
        return Reason.NOT_YET_VALID
    return Reason.EXPIRED if now >= credential.expires_at else None


def _reason_against_list(
    revocations: Revocations, now: datetime, tolerance: Tolerance
) -> Reason | None:
    if now < revocations.at - tolerance.skew:
        return Reason.DELTA_FROM_FUTURE
    return Reason.DELTA_TOO_OLD if revocations.is_too_old(now, most=tolerance.delta_age) else None
