"""Why a presentation is refused: which part of it is at fault, and nothing of what it says."""

from enum import StrEnum, auto

from certificates.errors import CertificateError, ErrorCode


class Part(StrEnum):
    """What is at fault."""

    SIZE = auto()
    """Not one signed part, some disclosures and one binding, within bounds."""
    ENCODING = auto()
    """Base64url or JSON with another spelling than the one there is."""
    ISSUER = auto()
    SIGNATURE = auto()
    TYPE = auto()
    TIME = auto()
    DIGESTS = auto()
    """The signed part's own list."""
    DISCLOSURE = auto()
    """Not an array of salt, name and value."""
    DISCLOSURE_UNSIGNED = auto()
    DISCLOSURE_REPEATED = auto()
    BINDING = auto()
    """Not signed by the holder's key."""
    REQUEST = auto()
    """Of another audience or nonce."""
    BINDING_TIME = auto()
    BINDING_SCOPE = auto()
    """Over other disclosures than these."""


def refused(part: Part) -> CertificateError:
    """Return the refusal."""
    return CertificateError(ErrorCode.CREDENTIAL_INVALID, part.value)


def part_of(refusal: CertificateError) -> Part:
    """Return the part a refusal of here names."""
    return Part(str(refusal).rpartition(" ")[2])
