"""Looks into an uploaded PDF twice: with our own reader, and with pyHanko as a second opinion.

Hostile input: use it through `workers.Inspectors`, which puts it into a process with limits.
"""

import datetime as dt
from collections.abc import Sequence

from certificates.checking import Limits
from certificates.reading.reader import OwnReader
from certificates.second_opinion import SecondOpinion
from certificates.verdicts import Inspection, Integrity, IssuerTrust

_MARK = b" obj"
_BY_LISTS = {IssuerTrust.SIGNER_REVOKED, IssuerTrust.REVOCATION_UNKNOWN}


class PdfInspector:
    """Checks signatures against given roots; fetches nothing from any network."""

    def __init__(self, roots: Sequence[bytes]) -> None:
        """Keep the trusted roots.

        Args:
            roots: PEM certificates; with none, no signature is trusted.
        """
        self._own = OwnReader(roots)
        self._second = SecondOpinion(roots)

    def inspect(
        self, data: bytes, *, now: dt.datetime, limits: Limits, crls: Sequence[bytes] = ()
    ) -> Inspection:
        """Check a file.

        Security checks:
            1. more objects than the limit are not read;
            2. our own reading comes first; what it refuses is refused;
            3. what it finds intact counts only if the second opinion says the same of file and
               signer;
            4. what has not our form is judged by the second opinion, and never found intact.

        Args:
            data: the file.
            now: aware; the moment at which the chain must hold.
            limits: for the file.
            crls: revocation lists (DER); with none, revocation is not examined.
        """
        if data.count(_MARK) > limits.objects:  # 1
            return Inspection(integrity=Integrity.TOO_MANY_OBJECTS)
        own = self._own.inspect(data, now=now, limits=limits, crls=crls)  # 2
        if own.integrity is Integrity.INTACT:
            return _agreed(own, self._second.confirm(data, now=now, crls=crls))  # 3
        if own.integrity is not Integrity.FOREIGN_FORM:
            return own
        return _foreign(self._second.examine(data, now=now, limits=limits, crls=crls))  # 4

    def signer_revoked(
        self, data: bytes, *, crls: Sequence[bytes], now: dt.datetime, proven_at: dt.datetime
    ) -> bool:
        """Tell whether a file found in the log was signed with a certificate revoked by then."""
        return self._own.signer_revoked(data, crls=crls, now=now, proven_at=proven_at)


def _agreed(own: Inspection, second: Inspection) -> Inspection:
    if second.integrity is not Integrity.INTACT:
        return Inspection(integrity=Integrity.READINGS_DIFFER, issuer=own.issuer)
    trusting = {own.issuer, second.issuer}
    # Which of two reasons against a signer is named first is a matter of taste. Of lists that ran
    # out, or lack what RFC 5280 wants in them, our own reading alone makes something.
    if own.issuer in _BY_LISTS or IssuerTrust.TRUSTED not in trusting:
        return own
    issuer = own.issuer if len(trusting) == 1 else IssuerTrust.READINGS_DIFFER
    return Inspection(integrity=Integrity.INTACT, issuer=issuer)


def _foreign(second: Inspection) -> Inspection:
    if second.integrity is not Integrity.INTACT:
        return second
    return Inspection(integrity=Integrity.FOREIGN_FORM, issuer=second.issuer)
