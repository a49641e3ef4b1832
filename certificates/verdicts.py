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
    TOO_MANY_OBJECTS = "TOO_MANY_OBJECTS"
    """More objects or updates than any certificate has."""
    PAGES_WRONG = "PAGES_WRONG"
    """It has no page, or its pages run in a circle or are not as many as it says."""
    ENCRYPTED = "ENCRYPTED"
    UNREADABLE = "UNREADABLE"
    """It begins like a PDF, but its structure is broken."""
    TRUNCATED = "TRUNCATED"
    """Its end is missing."""
    SCRIPT = "SCRIPT"
    """It contains JavaScript; no certificate does. So with all that follow down to LAYERS."""
    ACTION = "ACTION"
    """It does something when opened or clicked."""
    XFA_FORM = "XFA_FORM"
    EMBEDDED_FILE = "EMBEDDED_FILE"
    """It carries a file beside the certificate's own data."""
    EXTERNAL_REFERENCE = "EXTERNAL_REFERENCE"
    """It points at other files or addresses."""
    LAYERS = "LAYERS"
    """It has layers that can be shown and hidden."""
    UNUSUAL_FILTER = "UNUSUAL_FILTER"
    """Its data are packed in a way that certificates are not."""
    UNSIGNED = "UNSIGNED"
    SEVERAL_SIGNATURES = "SEVERAL_SIGNATURES"
    """Ours carry exactly one."""
    SIGNATURE_BROKEN = "SIGNATURE_BROKEN"
    """The signed bytes, or the signature, were changed."""
    RANGE_WRONG = "RANGE_WRONG"
    """The signature leaves out more than its own value: something else may be shown."""
    CHANGED_AFTER_SIGNING = "CHANGED_AFTER_SIGNING"
    """Something was appended that is neither validation data nor a timestamp."""
    FOREIGN_FORM = "FOREIGN_FORM"
    """A PDF, but not built as certificates are: re-saved by a program, or not one of ours."""
    READINGS_DIFFER = "READINGS_DIFFER"
    """Our own reading finds it intact, an independent one does not: nobody should rely on it."""
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
    SIGNER_REVOKED = "SIGNER_REVOKED"
    """The signer's certificate, or one above it, was revoked."""
    REVOCATION_UNKNOWN = "REVOCATION_UNKNOWN"
    """Revocation lists were given, but no current one of the signer's authority."""
    READINGS_DIFFER = "READINGS_DIFFER"
    """Of two independent readings only one trusts the signer."""
    QR_TRUSTED = "QR_TRUSTED"
    """No file was given; its QR carries our signature over id, code and times."""
    QR_FORGED = "QR_FORGED"
    """The QR carries a signature that is not ours, or not for this id and code."""
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
    NOT_CHECKED = "NOT_CHECKED"
    """Checked offline: whether it was withdrawn since is for the log to say."""
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
    NOT_CHECKED = "NOT_CHECKED"
    """Checked offline."""


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
            (Integrity.NOT_CHECKED, IssuerTrust.QR_TRUSTED),
        }
        return (
            from_file
            and self.status is Standing.VALID
            and self.freshness in {Freshness.CURRENT, Freshness.PROVISIONAL}
            and self.in_our_log is Listing.LISTED
        )
