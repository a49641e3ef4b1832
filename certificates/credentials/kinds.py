"""Which claims a certificate's credential has: from its type, nothing by name.

What a field's `disclosure` says decides. `always` and `predicate` become claims the holder shows
one by one; `never` is not in the attached statement and so in no credential. A field is only ever
hidden, not open: whoever shows that they are of age must not have to show their number with it,
which tells the day of birth. Prepared predicates are true or false, and show nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certificates.departments import Bilingual
from certificates.errors import CertificateError, ErrorCode
from certificates.spec.kind import CertificateType

FACTS = "facts"
"""The object below which a credential holds what the certificate states."""
PREDICATES = "predicates"
"""The object below which it holds prepared answers, each true or false."""
_OPEN = ("type_version", "provisional")
"""Particulars of the certificate itself, alike for very many of them. Its number is none of them:
it would tell every reader which certificate it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDescription:
    """A claim a credential of a kind may hold."""

    path: tuple[str, ...]
    label: Bilingual
    hidden: bool = True
    """Whether the holder decides each time if it is shown."""


def descriptions(kind: CertificateType) -> tuple[ClaimDescription, ...]:
    """Return the claims a kind's credentials hold, in the order of its fields."""
    facts = (
        ClaimDescription(path=(FACTS, one.name), label=one.label)
        for one in kind.spec.fields
        if one.disclosure != "never"
    )
    predicates = (
        ClaimDescription(path=(PREDICATES, one.name), label=one.label)
        for one in kind.spec.predicates
    )
    return (*facts, *predicates, *_OPEN_DESCRIPTIONS)


def hidden_groups(kind: CertificateType, statement: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the holder may show of a certificate, by group and name.

    A field the type does not name, or names as `never`, is left out, whatever the statement holds;
    so is one without a value.

    Args:
        kind: the type.
        statement: as the certificate's file carries it.

    Raises:
        CertificateError: FIELD_MISSING, where a field the type states is not there; TYPE_INVALID,
            where a predicate is neither true nor false.
    """
    stated, prepared = statement.get("fields", {}), statement.get(PREDICATES, {})
    names = [one.name for one in kind.spec.fields if one.disclosure != "never"]
    missing = [name for name in names if name not in stated]
    if missing:
        raise CertificateError(ErrorCode.FIELD_MISSING, missing[0])
    if not all(isinstance(value, bool) for value in prepared.values()):
        raise CertificateError(ErrorCode.TYPE_INVALID, PREDICATES)
    groups = {FACTS: {name: stated[name] for name in names if stated[name] is not None}}
    return {**groups, PREDICATES: dict(prepared)} if prepared else groups


def open_claims(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every reader sees.

    Raises:
        CertificateError: FIELD_MISSING.
    """
    try:
        return {name: statement[name] for name in _OPEN}
    except KeyError:
        raise CertificateError(ErrorCode.FIELD_MISSING, "particulars") from None


_OPEN_DESCRIPTIONS = (
    ClaimDescription(
        path=("type_version",),
        label=Bilingual(zh="证照类型版本", en="Version of the type"),
        hidden=False,
    ),
    ClaimDescription(
        path=("provisional",), label=Bilingual(zh="暂定", en="Provisional"), hidden=False
    ),
)
