"""The states of an agreement and the moves between them: data, obeyed by a trigger as well."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AgreementState(StrEnum):
    """An agreement between two people."""

    OFFERED = "OFFERED"
    """The grantor agreed; the other has yet to."""
    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"
    """By either, at once."""
    EXPIRED = "EXPIRED"
    DECLINED = "DECLINED"


class AgreementKind(StrEnum):
    """What two people agree on."""

    MANDATE = "mandate"
    """The other may use the grantor's card (亲情账户)."""
    MUTUAL_AID = "mutual_aid"
    """The grantor's own account may pay for the other (家庭共济)."""


class Basis(StrEnum):
    """What an agreement rests on."""

    CONSENT = "consent"
    """Both agreed, each with a fresh face."""
    BIRTH_RECORD = "birth_record"
    """The other is a parent of the grantor, a child, by the register of births."""


MOVES: Final[Mapping[AgreementState, frozenset[AgreementState]]] = MappingProxyType(
    {
        AgreementState.OFFERED: frozenset(AgreementState) - {AgreementState.OFFERED},
        AgreementState.ACTIVE: frozenset({AgreementState.REVOKED, AgreementState.EXPIRED}),
        AgreementState.REVOKED: frozenset(),
        AgreementState.EXPIRED: frozenset(),
        AgreementState.DECLINED: frozenset(),
    }
)
OPEN: Final = (AgreementState.OFFERED, AgreementState.ACTIVE)
"""States of which two people have at most one agreement a kind."""


def sources(new: AgreementState) -> tuple[AgreementState, ...]:
    """The states from which `new` can be reached in one move, in the table's order."""
    return tuple(old for old in MOVES if new in MOVES[old])
