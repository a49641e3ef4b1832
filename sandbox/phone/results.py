"""What the phone gets from its calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a verification ended. ``code`` only when ``PASSED``, ``retry_code`` only otherwise."""

    session_id: str
    status: str
    level: str = ""
    code: str = field(default="", repr=False)
    code_expires_at: str = ""
    retry_code: str = ""
    hint: str = ""

    @property
    def passed(self) -> bool:
        """Whether the face was accepted."""
        return self.status == "PASSED"

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read the API's answer to the last step."""
        return cls(
            session_id=reply["id"],
            status=reply["status"],
            level=reply.get("level", ""),
            code=reply.get("code", ""),
            code_expires_at=reply.get("code_expires_at", ""),
            retry_code=reply.get("retry_code", ""),
            hint=reply.get("hint", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """An access token bound to the phone's key, and what renews it."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int
    scope: str

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read a token response (RFC 6749, section 5.1)."""
        return cls(
            access=reply["access_token"],
            refresh=reply.get("refresh_token", ""),
            expires_in=reply["expires_in"],
            scope=reply.get("scope", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An issued certificate. The check code and address are told once, at the issue."""

    id: str
    type: str
    number: str
    status: str
    issued_at: str
    titles: Mapping[str, str]
    signature_level: str = ""
    """PAdES level of the file: B-B at once, B-LTA when it has a trusted time."""
    check_code: str = ""
    check_url: str = ""

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read one certificate."""
        return cls(
            id=reply["id"],
            type=reply["type"],
            number=reply["number"],
            status=reply["status"],
            issued_at=reply["issued_at"],
            titles=reply["titles"],
            signature_level=reply.get("signature_level", ""),
            check_code=reply.get("check_code", ""),
            check_url=reply.get("check_url", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One certificate of a batch."""

    type: str
    status: str
    """queued, running, issued or refused."""
    certificate_id: str | None
    problem: Mapping[str, Any] | None

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read one item."""
        certificate = reply.get("certificate")
        return cls(
            type=reply["type"],
            status=reply["status"],
            certificate_id=None if certificate is None else certificate["id"],
            problem=reply.get("problem"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Several certificates asked for at once."""

    id: str
    ended: bool
    """Whether every item is issued or refused."""
    items: tuple[BatchItem, ...]

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read a batch."""
        items = tuple(BatchItem.from_json(one) for one in reply["items"])
        return cls(id=reply["id"], ended=reply["ended"], items=items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What anyone learns about a certificate. ``verdict`` keeps the questions apart."""

    valid: bool
    verdict: Mapping[str, Any]

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read the public check's answer."""
        return cls(valid=reply["valid"], verdict=reply["verdict"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The e-social-security card."""

    id: str
    status: str

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read the card."""
        return cls(id=reply["id"], status=reply["status"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCode:
    """A code on the screen: its digits and its two pictures (SVG texts)."""

    code: str = field(repr=False)
    expires_at: str
    refresh_after_s: int
    qr_svg: str = field(repr=False)
    code128_svg: str = field(repr=False)

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read a code."""
        return cls(
            code=reply["code"],
            expires_at=reply["expires_at"],
            refresh_after_s=reply["refresh_after_s"],
            qr_svg=reply["qr_svg"],
            code128_svg=reply["code128_svg"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One look at the citizen's data."""

    at: str
    actor: str
    action: str
    purpose: str
    fields: tuple[str, ...]

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read one entry of the access log."""
        return cls(
            at=reply["at"],
            actor=reply["actor"],
            action=reply["action"],
            purpose=reply["purpose"],
            fields=tuple(reply["fields"]),
        )
