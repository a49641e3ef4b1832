"""The life of a certificate: issuing → valid ⇄ suspended → superseded | revoked | expired."""

from enum import StrEnum, auto

from certificates.errors import CertificateError, ErrorCode


class CertificateState(StrEnum):
    """Where a certificate stands."""

    ISSUING = auto()
    """Being made; nobody has it yet."""
    VALID = auto()
    SUSPENDED = auto()
    """Not to be relied on for now; may become valid again."""
    SUPERSEDED = auto()
    """A newer version states new facts."""
    REVOKED = auto()
    """Withdrawn: it should not have been issued, or no longer holds."""
    EXPIRED = auto()
    """Its time is over."""

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not _NEXT[self]


_ENDS = frozenset({CertificateState.SUPERSEDED, CertificateState.REVOKED, CertificateState.EXPIRED})
_NEXT: dict[CertificateState, frozenset[CertificateState]] = {
    # One that could not be finished is withdrawn before anybody sees it.
    CertificateState.ISSUING: frozenset({CertificateState.VALID, CertificateState.REVOKED}),
    CertificateState.VALID: _ENDS | {CertificateState.SUSPENDED},
    CertificateState.SUSPENDED: _ENDS | {CertificateState.VALID},
    CertificateState.SUPERSEDED: frozenset(),
    CertificateState.REVOKED: frozenset(),
    CertificateState.EXPIRED: frozenset(),
}


def may_move(state: CertificateState, to: CertificateState) -> bool:
    """Tell whether `to` may follow `state`; no state follows itself."""
    return to in _NEXT[state]


def move(state: CertificateState, to: CertificateState) -> CertificateState:
    """Return the state that follows.

    Raises:
        CertificateError: TRANSITION_REFUSED.
    """
    if not may_move(state, to):
        raise CertificateError(ErrorCode.TRANSITION_REFUSED, f"{state.value} to {to.value}")
    return to
