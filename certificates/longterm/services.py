"""What is asked of others: a timestamp authority, a responder, lists of revoked certificates."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from certificates.errors import CertificateError, ErrorCode

T = TypeVar("T")


class Services(Protocol):
    """Asks the services that the settings name, and no others; bounded in time and size."""

    def timestamp(self, request: bytes) -> bytes:
        """Return the answer to a TimeStampReq (DER, RFC 3161).

        Raises:
            OSError: there was none.
        """

    def status(self, request: bytes) -> bytes:
        """Return the answer to an OCSPRequest (DER, RFC 6960).

        Raises:
            OSError: there was none.
        """

    def lists(self) -> Sequence[bytes]:
        """Return every CRL there is to be had (DER, RFC 5280).

        Raises:
            OSError: one could not be fetched.
        """


def ask(question: Callable[[], T]) -> T:
    """Ask a service.

    Raises:
        CertificateError: AUTHORITY_UNAVAILABLE.
    """
    try:
        return question()
    except OSError as silent:
        raise CertificateError(ErrorCode.AUTHORITY_UNAVAILABLE, type(silent).__name__) from None
