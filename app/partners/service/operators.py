"""Operators: who they are at each request, and how they come on the list and off it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select, update

from app.core.access.principals import Operator as OperatorPrincipal
from app.core.access.tokens import TokenClaims
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.partners.errors import OPERATOR_NAME_MISSING, OPERATOR_SCOPES_INVALID, OPERATOR_UNKNOWN
from app.partners.models import ClientState, Operator
from app.partners.service.public_keys import registered


class OperatorDirectory:
    """Finds the operator behind a token."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def find(self, claims: TokenClaims) -> OperatorPrincipal | None:
        """The active operator behind a verified token, or None.

        Asked at each request, so a suspension takes effect at once. A scope that was withdrawn
        from the operator is gone from its tokens too.
        """
        query = select(Operator).where(
            Operator.id == claims.client_id, Operator.state == ClientState.ACTIVE
        )
        with self._database.transaction() as tx:
            found = tx.scalars(query).one_or_none()
        if found is None:
            return None
        return OperatorPrincipal(
            operator_id=found.id,
            name=found.name,
            thumbprint=claims.thumbprint,
            scope=claims.scope & frozenset(found.scopes),
        )


class OperatorOnboarding:
    """What is done at the command line."""

    def __init__(self, *, database: Database, clock: Clock, known_scopes: Collection[str]) -> None:
        """Take the ports.

        Args:
            database: where operators live.
            clock: tells the time.
            known_scopes: the scopes an operator can be given. Empty: none.
        """
        self._database = database
        self._clock = clock
        self._known = frozenset(known_scopes)

    def add(
        self, *, name: str, jwks: Sequence[Mapping[str, object]], scopes: Collection[str]
    ) -> str:
        """Add an active operator.

        Args:
            name: of the person or the office, for the records.
            jwks: its public keys; a key without `kid` gets its thumbprint (RFC 7638) as one.
            scopes: the OAuth scopes it may be given.

        Returns:
            The operator's id, which is its `client_id`.

        Raises:
            DomainError: OPERATOR_NAME_MISSING, OPERATOR_SCOPES_INVALID or TERMINAL_KEYS_INVALID.
        """
        keys = registered(jwks)
        if not name.strip():
            raise OPERATOR_NAME_MISSING(pointer="/name")
        if not scopes or not self._known.issuperset(scopes):
            raise OPERATOR_SCOPES_INVALID(pointer="/scopes")
        now = self._clock.now()
        operator = Operator(
            id=new_id("opr", now),
            name=name.strip(),
            state=ClientState.ACTIVE,
            jwks=keys,
            scopes=sorted(scopes),
            created_at=now,
            state_changed_at=now,
        )
        with self._database.transaction() as tx:
            tx.add(operator)
        return operator.id

    def suspend(self, operator_id: str) -> None:
        """Shut an operator out: from now on neither its keys nor its tokens count.

        Raises:
            DomainError: OPERATOR_UNKNOWN.
        """
        self._set_state(operator_id, ClientState.SUSPENDED)

    def resume(self, operator_id: str) -> None:
        """Let a suspended operator in again.

        Raises:
            DomainError: OPERATOR_UNKNOWN.
        """
        self._set_state(operator_id, ClientState.ACTIVE)

    def _set_state(self, operator_id: str, state: ClientState) -> None:
        change = (
            update(Operator)
            .where(Operator.id == operator_id)
            .values(state=state, state_changed_at=self._clock.now())
            .returning(Operator.id)
        )
        with self._database.transaction() as tx:
            if tx.scalar(change) is None:
                raise OPERATOR_UNKNOWN()
