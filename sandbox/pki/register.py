"""The authority's own record, as it publishes it: what it certified, and what it revoked.

Everything comes over HTTP and nothing is believed but the authority's signature on it.
"""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from sandbox.pki.refusals import NotReady

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from cryptography.x509 import Certificate, CertificateRevocationList

_FRESH = timedelta(seconds=1)
_USABLE = timedelta(seconds=60)
"""So long an older reading still counts when there is no newer one: its time is told with it."""
_TIMEOUT_SECONDS = 3
_LARGEST = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """What is told of a revoked certificate."""

    at: datetime
    reason: str
    """RFC 5280, 5.3.1, as asn1crypto writes it; "unspecified" where none is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The record at a moment."""

    at: datetime
    issued: frozenset[int]
    """Serial numbers."""
    revoked: Mapping[int, Revoked]
    crl: bytes
    root_crl: bytes


class Publications(Protocol):
    """Where the authority's documents are."""

    def fetch(self, name: str) -> bytes:
        """Return `issuing/crl`, `root/crl` or `issuing/issued`.

        Raises:
            OSError: there was no answer.
        """
        ...


class HttpPublications:
    """The authority's documents below an http address."""

    def __init__(self, base_url: str) -> None:
        """Keep the address.

        Raises:
            ValueError: not an http address with a host.
        """
        parts = urlsplit(base_url)
        if parts.scheme != "http" or not parts.hostname:
            msg = "the register's address must begin with http://"
            raise ValueError(msg)
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path.rstrip("/")

    def fetch(self, name: str) -> bytes:
        """Fetch one document.

        Raises:
            OSError: no answer, another status than 200, or more than 4 MB.
        """
        # Not urllib: a proxy in the environment must not be asked about this machine.
        link = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        try:
            link.request("GET", f"{self._path}/{name}")
            answer = link.getresponse()
            body = answer.read(_LARGEST + 1)
        except http.client.HTTPException as broken:
            raise OSError from broken
        finally:
            link.close()
        if answer.status != http.client.OK or len(body) > _LARGEST:
            msg = f"{name} was answered {answer.status}"
            raise OSError(msg)
        return body


class Register:
    """Reads the record when it is asked, at most once a second; thread-safe."""

    def __init__(
        self,
        *,
        publications: Publications,
        issuing: Callable[[], Certificate],
        clock: Callable[[], datetime],
    ) -> None:
        """Keep the parts.

        Args:
            publications: where the documents come from.
            issuing: the authority's certificate; may raise NotReady.
            clock: aware, UTC.
        """
        self._publications = publications
        self._issuing = issuing
        self._clock = clock
        self._lock = threading.Lock()
        self._last: Reading | None = None

    def read(self) -> Reading:
        """Return the record of now, or one of the last minute where there is none of now.

        Raises:
            NotReady: neither is there.
        """
        with self._lock:
            now, last = self._clock(), self._last
            if last is not None and now - last.at < _FRESH:
                return last
            try:
                self._last = self._fetched(now)
            except (OSError, ValueError) as failed:
                if last is None or now - last.at > _USABLE:
                    msg = "the authority's record cannot be read"
                    raise NotReady(msg) from failed
                return last
            return self._last

    def _fetched(self, now: datetime) -> Reading:
        issuing = self._issuing()
        crl, root_crl = (self._publications.fetch(one) for one in ("issuing/crl", "root/crl"))
        revocations = x509.load_der_x509_crl(crl)
        if not revocations.is_signature_valid(issuing.public_key()):  # type: ignore[arg-type]
            msg = "a list that the authority did not sign"
            raise ValueError(msg)
        certificates = x509.load_pem_x509_certificates(self._publications.fetch("issuing/issued"))
        return Reading(
            at=now,
            issued=frozenset(one.serial_number for one in certificates if _by(issuing, one)),
            revoked=_revoked(revocations),
            crl=crl,
            root_crl=root_crl,
        )


def _by(issuing: Certificate, one: Certificate) -> bool:
    try:
        one.verify_directly_issued_by(issuing)
    except (InvalidSignature, TypeError, ValueError):  # another's name, key or signature
        return False
    return True


def _revoked(revocations: CertificateRevocationList) -> dict[int, Revoked]:
    return {
        one.serial_number: Revoked(at=one.revocation_date_utc, reason=_reason(one))
        for one in revocations
    }


def _reason(one: x509.RevokedCertificate) -> str:
    try:
        given = one.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return "unspecified"
    return given.name
