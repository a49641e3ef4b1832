"""The authority's record of certificates it no longer stands by: kept for good, never changed."""

import datetime as dt
import json
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509

from certificates.errors import CertificateError, ErrorCode
from certificates.keys import KeyProvider
from certificates.rings import Ring

_PREFIX = "revocation"


class Reason(StrEnum):
    """Why; the names of RFC 5280, 5.3.1. Suspension (certificateHold) is not done here."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    """Somebody else may have the key."""
    AFFILIATION_CHANGED = "affiliation_changed"
    """The department has another name or code."""
    SUPERSEDED = "superseded"
    """Replaced before its time."""
    CESSATION_OF_OPERATION = "cessation_of_operation"
    """The department is no more, or issues no more."""
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn"

    @property
    def flag(self) -> x509.ReasonFlags:
        """The same for X.509."""
        return x509.ReasonFlags[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """One certificate revoked."""

    serial: int
    """Of the certificate; unique under the issuing CA."""
    reason: Reason
    at: dt.datetime
    """Whole seconds, UTC: what was signed later does not count."""


class Revocations:
    """Reads and extends the record; another process's entry is seen at the next look."""

    def __init__(self, keys: KeyProvider) -> None:
        """Keep the provider that stores the record's documents."""
        self._ring = Ring(keys=keys, prefix=_PREFIX)
        self._keys = keys
        self._known: tuple[Revocation, ...] = ()

    def all(self) -> tuple[Revocation, ...]:
        """Return every revocation, oldest first.

        Raises:
            CertificateError: PKI_INCONSISTENT.
        """
        known = list(self._known)
        # Entries never change: only what follows those already read is looked for.
        while (found := self._keys.document(self._ring.name(len(known) + 1))) is not None:
            known.append(_read(found))
        self._known = tuple(known)
        return self._known

    def find(self, serial: int) -> Revocation | None:
        """Return the revocation of a certificate, if it was revoked.

        Raises:
            CertificateError: PKI_INCONSISTENT.
        """
        return next((one for one in self.all() if one.serial == serial), None)

    def add(self, serial: int, *, reason: Reason, now: dt.datetime) -> Revocation:
        """Revoke a certificate from now on; the first revocation of a certificate stays.

        Raises:
            CertificateError: PKI_INCONSISTENT.
        """
        entry = Revocation(serial=serial, reason=reason, at=now.replace(microsecond=0))
        while (earlier := self.find(serial)) is None:
            # Where another process was quicker, its entry takes the place and this one the next.
            self._ring.add(lambda _: _written(entry), after=len(self._known))
        return earlier


def _written(entry: Revocation) -> bytes:
    members = {
        "serial": f"{entry.serial:x}",
        "reason": entry.reason.value,
        "at": entry.at.isoformat(),
    }
    return json.dumps(members).encode()


def _read(document: bytes) -> Revocation:
    try:
        members = json.loads(document)
        return Revocation(
            serial=int(members["serial"], 16),
            reason=Reason(members["reason"]),
            at=dt.datetime.fromisoformat(members["at"]).astimezone(dt.UTC),
        )
    except (ValueError, KeyError, TypeError) as unreadable:
        raise CertificateError(ErrorCode.PKI_INCONSISTENT, "revocation") from unreadable
