"""Why the library refused. Codes are stable; the words beside them never name a person."""

from enum import StrEnum, auto


class ErrorCode(StrEnum):
    """The stable name of a refusal; callers translate it, people never see it raw."""

    TYPE_UNKNOWN = auto()
    """No kind of certificate has this code."""
    TYPE_INVALID = auto()
    """A file of the data does not say what it must, or says something unknown; the words name the
    file and the member."""
    FIELD_MISSING = auto()
    """A department's record lacks something the certificate states."""
    FIELDS_INVALID = auto()
    """A record's values do not fit what the type says of them."""
    FACT_REFUSED = auto()
    """By the records, what the certificate would state does not hold; see `FactRefused`."""
    SOURCE_NOT_LIVE = auto()
    """A source must say just now that it has nothing; a kept or partial answer does not."""
    DATA_STALE = auto()
    """A record is older than the type allows."""
    IMAGE_INVALID = auto()
    """A portrait is not a picture that can be printed."""
    GLYPH_MISSING = auto()
    """A character of a name or an address is in none of the fonts."""
    RENDER_FAILED = auto()
    """The template did not compile."""
    SIGNATURE_TOO_LARGE = auto()
    """The signature does not fit the room kept for it."""
    PDF_UNEXPECTED = auto()
    """The file to be signed does not have the structure the signer was written for."""
    NUMBER_INVALID = auto()
    """Not an identifier in the form of GB/T 36904, or its check character is wrong."""
    CHECK_CODE_INVALID = auto()
    """Not a check code as printed under the QR."""
    TOKEN_INVALID = auto()
    """A check token that this authority did not sign for this certificate."""
    CREDENTIAL_INVALID = auto()
    """A presentation that does not prove what it should; the words name the part at fault."""
    STATUS_LIST_INVALID = auto()
    """Not a status list we signed, of this address and of this time."""
    KEY_UNSAFE = auto()
    """A key's folder or file can be read or changed by others."""
    KEY_INVALID = auto()
    """A key's file does not hold a key, or its name is not a name."""
    HSM_REFUSED = auto()
    """The hardware module is not there, or does not do what it was asked."""
    PKI_INCONSISTENT = auto()
    """Stored certificates and keys do not belong together."""
    SIGNER_UNKNOWN = auto()
    """No certificate of ours has this fingerprint."""
    SIGNER_REVOKED = auto()
    """The signing certificate was revoked before the signature could be given a trusted time."""
    REQUEST_INVALID = auto()
    """Not a request for a certificate, or not by who owns the key."""
    AUTHORITY_UNAVAILABLE = auto()
    """A timestamp, OCSP or CRL service did not answer, or asks to come back later."""
    AUTHORITY_INVALID = auto()
    """What a timestamp, OCSP or CRL service answered cannot be relied on."""
    UPGRADE_REFUSED = auto()
    """Not a file with one signature of ours and nothing after it."""
    TRANSITION_REFUSED = auto()
    """A certificate cannot go from its state to the one asked for."""
    CHECKER_BUSY = auto()
    """All inspectors are at work and the queue is full; try again soon."""
    MAKER_BUSY = auto()
    """As many receipts are being made as may wait at once; try again soon."""


class CertificateError(Exception):
    """A refusal with its stable code."""

    def __init__(self, code: ErrorCode, message: str = "", *, source: str | None = None) -> None:
        """Keep the code.

        Args:
            code: the stable reason.
            message: words for the log; never a personal datum, a path or key material.
            source: whose answer is the reason, where it is one's.
        """
        super().__init__(f"{code.value}: {message}" if message else code.value)
        self.code = code
        self.source = source


class FactRefused(CertificateError):  # noqa: N818 - reads as what happened
    """A fact with which there is no certificate; the words are for the person alone."""

    def __init__(self, *, reason: str, source: str, zh: str, en: str) -> None:
        """Keep why.

        Args:
            reason: the refusal's stable name in the type.
            source: whose records say so.
            zh: for the person; may hold the fact, so neither it nor `en` is part of the message.
            en: the same in English.
        """
        super().__init__(ErrorCode.FACT_REFUSED, f"{source}: {reason}", source=source)
        self.reason = reason
        self.zh = zh
        self.en = en
