"""What a check says: five parts, each with a reason of its own, never one bare yes or no."""

from dataclasses import dataclass
from enum import StrEnum


class Integrity(StrEnum):
    """Whether the file is as it was signed."""

    INTACT = "INTACT"
    NOT_CHECKED = "NOT_CHECKED"
    """No file was given, only its id and code."""
    NOT_A_PDF = "NOT_A_PDF"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_PAGES = "TOO_MANY_PAGES"
    ENCRYPTED = "ENCRYPTED"
    UNREADABLE = "UNREADABLE"
    """It begins like a PDF, but its structure is broken."""
    UNSIGNED = "UNSIGNED"
    SEVERAL_SIGNATURES = "SEVERAL_SIGNATURES"
    """Ours carry exactly one."""
    SIGNATURE_BROKEN = "SIGNATURE_BROKEN"
    """The signed bytes, or the signature, were changed."""
    CHANGED_AFTER_SIGNING = "CHANGED_AFTER_SIGNING"
    """Something was appended, or the signature leaves a part of the file out."""
    TOO_COSTLY = "TOO_COSTLY"
    """Reading it took more time or memory than any certificate needs."""


class IssuerTrust(StrEnum):
    """Whether a department of ours signed."""

    TRUSTED = "TRUSTED"
    FOREIGN_ROOT = "FOREIGN_ROOT"
    """Somebody else's chain."""
    SIGNER_EXPIRED = "SIGNER_EXPIRED"
    SIGNER_NOT_YET_VALID = "SIGNER_NOT_YET_VALID"
    SIGNER_UNFIT = "SIGNER_UNFIT"
    """A certificate of ours that may not sign documents."""
    NOT_CHECKED = "NOT_CHECKED"
    """No file was given, only its id and code."""
    UNKNOWN = "UNKNOWN"
    """The file did not get as far as a signature."""


class Standing(StrEnum):
    """What the log says of the certificate: the states of `status`, and one for no entry."""

    ISSUING = "ISSUING"
    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    SUPERSEDED = "SUPERSEDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"


class Freshness(StrEnum):
    """Whether the moment lies in the certificate's time, and its facts were fresh."""

    CURRENT = "CURRENT"
    PROVISIONAL = "PROVISIONAL"
    """In its time, but made from a record older than wished."""
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    UNKNOWN = "UNKNOWN"


class Listing(StrEnum):
    """Whether exactly this file was issued here."""

    LISTED = "LISTED"
    UNLISTED = "UNLISTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What the file alone shows."""

    integrity: Integrity
    issuer: IssuerTrust = IssuerTrust.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckVerdict:
    """The five parts of a check."""

    integrity: Integrity
    issuer: IssuerTrust
    status: Standing
    freshness: Freshness
    in_our_log: Listing
    number: str | None = None
    """The identifier in the log, where the file is listed."""

    @property
    def valid(self) -> bool:
        """Whether every part says yes; for id and code without a file, the three of the log.

        A certificate from a provisional record is valid, and says that it is provisional.
        """
        from_file = (self.integrity, self.issuer) in {
            (Integrity.INTACT, IssuerTrust.TRUSTED),
            (Integrity.NOT_CHECKED, IssuerTrust.NOT_CHECKED),
        }
        return (
            from_file
            and self.status is Standing.VALID
            and self.freshness in {Freshness.CURRENT, Freshness.PROVISIONAL}
            and self.in_our_log is Listing.LISTED
        )
