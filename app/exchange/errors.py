"""Why an exchange with a department failed, as the citizen is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Final

from app.core.errors import UPSTREAM_FAILED, ErrorKind

SOURCE_UNAVAILABLE: Final = ErrorKind(
    "SOURCE_UNAVAILABLE",
    503,
    "{source}暂时没有答复，请稍后再试。",
    "No answer from the {source} at the moment. Try again shortly.",
)
SOURCE_FAILED: Final = ErrorKind(
    UPSTREAM_FAILED.code,
    502,
    "{source}的答复无法使用，请稍后再试。",
    "What the {source} answered cannot be used. Try again later.",
)
SOURCE_NOT_CONNECTED: Final = ErrorKind(
    "SOURCE_NOT_CONNECTED",
    503,
    "{source}尚未接入本系统，请到该部门办理。",
    "There is no connection to the {source} yet. Ask that department itself.",
)
ALL: Final = (SOURCE_UNAVAILABLE, SOURCE_NOT_CONNECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceName:
    """What a department's data source is called in plain words."""

    zh: str
    en: str


def naming(kind: ErrorKind, source: SourceName) -> ErrorKind:
    """The same refusal with the source's name in its words."""
    return replace(kind, zh=kind.zh.format(source=source.zh), en=kind.en.format(source=source.en))


class ContractRefused(Exception):  # noqa: N818 - reads as what happened
    """A contract's folder cannot be used; the words name its file and member, never a value."""

    def __init__(self, contract: str, reason: str) -> None:
        """Keep which and why."""
        super().__init__(f"contract {contract}: {reason}")
        self.contract = contract
        self.reason = reason


@unique
class Fault(StrEnum):
    """Who was at fault."""

    OURS = "ours"
    THEIRS = "theirs"


@unique
class Failure(StrEnum):
    """Stable names of what went wrong. They may be logged: none carries what was exchanged."""

    REQUEST_REFUSED = "request_refused"
    """Our own request does not fit the contract; nothing was sent."""
    NOT_PERMITTED = "not_permitted"
    """No capability, or one that is spent, expired or for something else; nothing was sent."""
    UNREACHABLE = "unreachable"
    """No connection, or it broke before an answer came."""
    TIMED_OUT = "timed_out"
    NOT_AUTHENTICATED = "not_authenticated"
    """401 or 403: our service token is not accepted."""
    REFUSED = "refused"
    """Another 4xx: they hold our request to be wrong."""
    OVERLOADED = "overloaded"
    """429 or 5xx."""
    CIRCUIT_OPEN = "circuit_open"
    """It failed too often of late; nothing was sent."""
    CROWDED = "crowded"
    """So many requests to it are under way that no place came free; nothing was sent."""
    UNEXPECTED_STATUS = "unexpected_status"
    """A redirect or any other status that the contract does not know."""
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    CONTRACT_BROKEN = "contract_broken"
    """JSON, but not what the contract promises."""
    OTHER_PERSON = "other_person"
    """The record is of somebody we did not ask about."""
    TOO_MUCH = "too_much"
    """Fields that were not asked for: minimisation holds for the sender too."""
    STALE = "stale"
    """Older than the contract allows, or than what was seen before, or dated in the future."""
    NOT_VOUCHED = "not_vouched"
    """Files that are not, or not whole, what the department signed."""
    NOT_CONNECTED = "not_connected"
    """The settings give no way to this department."""


_OURS: Final = frozenset(
    {
        Failure.REQUEST_REFUSED,
        Failure.NOT_PERMITTED,
        Failure.NOT_AUTHENTICATED,
        Failure.REFUSED,
        Failure.NOT_CONNECTED,
    }
)
_PASSING: Final = frozenset(
    {
        Failure.UNREACHABLE,
        Failure.TIMED_OUT,
        Failure.OVERLOADED,
        Failure.CIRCUIT_OPEN,
        Failure.CROWDED,
    }
)


class ExchangeFailed(Exception):  # noqa: N818 - reads as what happened
    """An exchange brought nothing that can be used."""

    def __init__(
        self,
        failure: Failure,
        *,
        answer: bytes | None = None,
        retry_after_s: float | None = None,
        partial: bool = False,
    ) -> None:
        """Keep the reason.

        Args:
            failure: what went wrong; the message holds nothing else.
            answer: the bytes that were received, for their keyed hash.
            retry_after_s: when another try may go through, where that is known.
            partial: whether part of an answer came: some of the fields, or its beginning.
        """
        super().__init__(failure.value)
        self.failure = failure
        self.answer = answer
        self.retry_after_s = retry_after_s
        self.partial = partial

    @property
    def fault(self) -> Fault:
        """Who was at fault."""
        return Fault.OURS if self.failure in _OURS else Fault.THEIRS

    @property
    def kind(self) -> ErrorKind:
        """What the citizen is told: 503 when another try may help soon, else 502."""
        if self.failure is Failure.NOT_CONNECTED:
            return SOURCE_NOT_CONNECTED
        return SOURCE_UNAVAILABLE if self.failure in _PASSING else SOURCE_FAILED
