"""Why a service does not do what it was asked."""

from __future__ import annotations

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"""What the parser of ASN.1 raises at bytes that are not what they should be. AttributeError: at a
type it knows by its tag alone, an ObjectDescriptor or an EMBEDDED PDV."""


class CannotStart(Exception):  # noqa: N818 - reads as what happened
    """What the services need is missing or wrong; the text says what."""


class NotReady(Exception):  # noqa: N818 - reads as what happened
    """A certificate is missing, or the authority's record cannot be read now: come back later."""


class Refused(Exception):  # noqa: N818 - reads as what happened
    """A question that gets a refusal in its own protocol; `code` is that protocol's name for it."""

    def __init__(self, *, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code
