"""Registering a key by a code that is typed by hand: for a page in a browser, which has no file."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.core.jose.thumbprint import thumbprint
from app.core.limits import RateLimits
from app.partners.enrolment_models import KeyEnrolment
from app.partners.errors import (
    ENROLMENT_BEYOND_YOURS,
    ENROLMENT_CODE_UNKNOWN,
    ENROLMENT_ENDED,
    ENROLMENT_KEY_OF_ANOTHER,
    ENROLMENT_UNKNOWN,
    TERMINAL_KEY_EXISTS,
)
from app.partners.models import Operator, Terminal
from app.partners.service.changes import (
    ENROLMENT_MADE,
    ENROLMENT_REVOKED,
    TERMINAL_KEY_ADDED,
    PartnerChanges,
)
from app.partners.service.enrolled_clients import ClientKind, EnrolledClient, locked_client
from app.partners.service.enrolment_codes import digest, new_code, read_code, shown
from app.partners.service.public_keys import registered

LIFE: Final = timedelta(minutes=15)
_EVERYBODY: Final = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeEnrolment:
    """A code, told once."""

    id: str
    code: str = field(repr=False)
    client_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """Whose key it is now, and what the client may be given."""

    client_id: str
    kind: ClientKind
    name: str
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentsPage:
    """Some enrolments, newest first, and the cursor of the next page."""

    items: Sequence[KeyEnrolment]
    next: str | None


class KeyEnrolments:
    """Makes codes, takes them once, ends them."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        cipher: FieldCipher,
        limits: RateLimits,
        randomness: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        """Take the ports.

        Args:
            database: where clients live.
            clock: tells the time.
            cipher: hashes codes and addresses.
            limits: knows "enrolments_address" and "enrolment_misses_all".
            randomness: a number below its argument.
        """
        self._database = database
        self._clock = clock
        self._cipher = cipher
        self._limits = limits
        self._randomness = randomness
        self._changes = PartnerChanges(database=database, clock=clock)

    def make(
        self, client_id: str, *, by: str, scopes: Collection[str] | None = None
    ) -> MadeEnrolment:
        """Make a code for one more key of a client.

        1. The client may be given a key now.
        2. Nobody lets a key do, for an operator, more than they may do themselves.

        Args:
            client_id: whose key it will be.
            by: id of the operator, or `commands`.
            scopes: what the maker may do; None: everything, as at the command line.

        Raises:
            DomainError: as `locked_client`, or ENROLMENT_BEYOND_YOURS.
        """
        now, code = self._clock.now(), new_code(self._randomness)
        with self._database.transaction() as tx:
            client = locked_client(tx, client_id)  # 1
            beyond = scopes is not None and not set(client.row.scopes) <= set(scopes)
            if beyond and client.kind is ClientKind.OPERATOR:  # 2
                raise ENROLMENT_BEYOND_YOURS()
            made = KeyEnrolment(
                id=new_id("enr", now),
                digest=digest(self._cipher, code),
                terminal_id=client.row.id if isinstance(client.row, Terminal) else None,
                operator_id=client.row.id if isinstance(client.row, Operator) else None,
                made_at=now,
                made_by=by,
                expires_at=now + LIFE,
            )
            tx.add(made)
            self._record(client.row, ENROLMENT_MADE, made.id, by)
        return MadeEnrolment(
            id=made.id, code=shown(code), client_id=client_id, expires_at=made.expires_at
        )

    def redeem(
        self, typed: str, jwk: Mapping[str, object], *, proven: str, address: str
    ) -> Enrolled:
        """Add a key to the client its code was made for.

        1. The address has not tried too often, nor have all together missed too often.
        2. The key is a public P-256 key, and the very one that signed this request.
        3. The code is known, unused, not revoked, not expired: one conditional update uses it up.
           Whatever is wrong with it is told alike.
        4. The client may be given a key now; else the code is not used up.
        5. The key is new to the client. Its name is its thumbprint, not one of the caller's choice.

        Args:
            typed: the code.
            jwk: the public key.
            proven: thumbprint of the key that the request's proof shows.
            address: network address of the caller.

        Raises:
            DomainError: TOO_MANY_REQUESTS, TERMINAL_KEYS_INVALID, ENROLMENT_KEY_OF_ANOTHER,
                ENROLMENT_CODE_UNKNOWN, TERMINAL_KEY_EXISTS, or as `locked_client`.
        """
        self._limits.check("enrolment_misses_all", _EVERYBODY)  # 1
        self._limits.hit("enrolments_address", self._cipher.index("address", address).hex())
        (key,) = registered([{name: jwk[name] for name in jwk if name != "kid"}])  # 2
        if not hmac.compare_digest(thumbprint(key), proven):
            raise ENROLMENT_KEY_OF_ANOTHER(pointer="/jwk")
        with self._database.transaction() as tx:
            used = self._used_up(tx, read_code(typed), key["kid"])  # 3
            client = locked_client(tx, used.terminal_id or used.operator_id or "")  # 4
            if any(key["kid"] == known["kid"] for known in client.row.jwks):  # 5
                raise TERMINAL_KEY_EXISTS(pointer="/jwk")
            client.row.jwks = registered([*client.row.jwks, key])
            self._record(client.row, TERMINAL_KEY_ADDED, key["kid"], used.id)
            return _enrolled(client)

    def revoke(self, enrolment_id: str, *, by: str) -> KeyEnrolment:
        """End a code that nobody has used; a second time changes nothing.

        Raises:
            DomainError: ENROLMENT_UNKNOWN, or ENROLMENT_ENDED: it was used, and the key is there.
        """
        change = (
            update(KeyEnrolment)
            .where(
                KeyEnrolment.id == enrolment_id,
                KeyEnrolment.used_at.is_(None),
                KeyEnrolment.revoked_at.is_(None),
            )
            .values(revoked_at=self._clock.now(), revoked_by=by)
            .returning(KeyEnrolment.id)
        )
        with self._database.transaction() as tx:
            changed = tx.scalar(change) is not None
            found = tx.get(KeyEnrolment, enrolment_id, populate_existing=True)
            if found is None:
                raise ENROLMENT_UNKNOWN()
            if found.used_at is not None:
                raise ENROLMENT_ENDED()
            if changed and found.terminal_id is not None:
                terminal = tx.get_one(Terminal, found.terminal_id)
                self._record(terminal, ENROLMENT_REVOKED, found.id, by)
            return found

    def page(self, *, before: str | None, limit: int) -> EnrolmentsPage:
        """Enrolments, newest first; no code is among what is told.

        Args:
            before: cursor: the last id of the page before.
            limit: how many a page.
        """
        query = select(KeyEnrolment).order_by(KeyEnrolment.id.desc()).limit(limit + 1)
        if before is not None:
            query = query.where(KeyEnrolment.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query).all()
        return EnrolmentsPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )

    def _used_up(self, tx: Session, code: str | None, kid: str) -> KeyEnrolment:
        """The enrolment of a code, used up by this call alone; a miss is counted."""
        now = self._clock.now()
        change = (
            update(KeyEnrolment)
            .where(
                KeyEnrolment.digest == digest(self._cipher, code or ""),
                KeyEnrolment.used_at.is_(None),
                KeyEnrolment.revoked_at.is_(None),
                KeyEnrolment.expires_at > now,
            )
            .values(used_at=now, kid=kid)
            .returning(KeyEnrolment)
        )
        used = tx.scalars(change).one_or_none()
        if used is None:
            self._limits.hit("enrolment_misses_all", _EVERYBODY)
            raise ENROLMENT_CODE_UNKNOWN()
        return used

    def _record(self, client: Terminal | Operator, action: str, detail: str, by: str) -> None:
        """Of operators, the enrolment's own row tells who made it and which key came of it."""
        if isinstance(client, Terminal):
            self._changes.record(
                action,
                by=by,
                merchant_id=client.merchant_id,
                terminal_id=client.id,
                detail=[detail],
            )


def _enrolled(client: EnrolledClient) -> Enrolled:
    return Enrolled(
        client_id=client.row.id,
        kind=client.kind,
        name=client.name,
        scopes=sorted(client.row.scopes),
    )
