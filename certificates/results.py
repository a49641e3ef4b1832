"""What making a certificate returns."""

import datetime as dt
from dataclasses import dataclass, field

from certificates.departments import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCertificate:
    """A signed certificate and what the log must remember of it."""

    pdf: bytes = field(repr=False)
    """The file as it is handed out; it never changes."""
    sha256: str
    """Of the file, 64 hex digits: the log's key to it."""
    document: bytes = field(repr=False)
    """The JSON attached to the file."""
    number: str
    """Identifier, GB/T 36904."""
    titles: Bilingual
    issued_at: dt.datetime
    valid_until: dt.datetime
    provisional: bool
    """Made from a record older than wished; to be superseded when the source answers again."""
    check_url: str = field(repr=False)
    """The address in the QR; it carries the check code."""
    signer: str
    """SHA-256 of the signing certificate, 64 hex digits."""

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.pdf)
