"""The clients that a key can be added to: terminals, hospitals' clients, operators."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.partners.errors import (
    ENROLMENT_CLIENT_STOPPED,
    ENROLMENT_CLIENT_UNKNOWN,
    ENROLMENT_NO_ROOM,
    TERMINAL_KEYS_ELSEWHERE,
)
from app.partners.models import (
    ClientState,
    Merchant,
    MerchantKind,
    MerchantState,
    Operator,
    Terminal,
    TerminalState,
)
from app.partners.service.public_keys import MAX_KEYS


class ClientKind(StrEnum):
    """Which page a client works at."""

    TERMINAL = "terminal"
    HOSPITAL = "hospital"
    """A terminal of a hospital."""
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledClient:
    """A client, locked until the transaction ends."""

    row: Terminal | Operator
    kind: ClientKind
    name: str
    """Of the merchant or of the operator."""


def locked_client(tx: Session, client_id: str) -> EnrolledClient:
    """Find a client that may be given another key now, and lock its row.

    1. There is such a client, and it may act: so may its merchant.
    2. Its keys are registered here, and there is room for one.

    Raises:
        DomainError: ENROLMENT_CLIENT_UNKNOWN, ENROLMENT_CLIENT_STOPPED, TERMINAL_KEYS_ELSEWHERE or
            ENROLMENT_NO_ROOM.
    """
    found = _terminal(tx, client_id) or _operator(tx, client_id)  # 1
    if found is None:
        raise ENROLMENT_CLIENT_UNKNOWN()
    if isinstance(found.row, Terminal) and found.row.jwks_uri is not None:  # 2
        raise TERMINAL_KEYS_ELSEWHERE()
    if len(found.row.jwks) >= MAX_KEYS:
        raise ENROLMENT_NO_ROOM()
    return found


def _terminal(tx: Session, client_id: str) -> EnrolledClient | None:
    row = tx.get(Terminal, client_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        return None
    merchant = tx.get_one(Merchant, row.merchant_id, populate_existing=True)
    if row.state is not TerminalState.ACTIVE or merchant.state != MerchantState.ACTIVE.value:
        raise ENROLMENT_CLIENT_STOPPED()
    of_hospital = merchant.kind == MerchantKind.HOSPITAL.value
    kind = ClientKind.HOSPITAL if of_hospital else ClientKind.TERMINAL
    return EnrolledClient(row=row, kind=kind, name=merchant.name)


def _operator(tx: Session, client_id: str) -> EnrolledClient | None:
    query = (
        select(Operator)
        .where(Operator.id == client_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    row = tx.scalars(query).one_or_none()
    if row is None:
        return None
    if row.state is not ClientState.ACTIVE:
        raise ENROLMENT_CLIENT_STOPPED()
    return EnrolledClient(row=row, kind=ClientKind.OPERATOR, name=row.name)
