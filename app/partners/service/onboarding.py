"""Putting merchants and terminals on the list, and taking terminals off."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import select, update

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.partners.errors import (
    MERCHANT_NAME_MISSING,
    MERCHANT_UNKNOWN,
    TERMINAL_PURPOSES_INVALID,
    TERMINAL_UNKNOWN,
)
from app.partners.models import Merchant, Terminal, TerminalState
from app.partners.service.public_keys import registered

DECODE_SCOPE: Final = "card.decode"


class Onboarding:
    """What an operator does at the command line."""

    def __init__(
        self, *, database: Database, clock: Clock, known_purposes: Collection[str]
    ) -> None:
        """Take the ports.

        Args:
            database: where merchants and terminals live.
            clock: tells the time.
            known_purposes: the purposes a terminal can be allowed. Empty: none.
        """
        self._database = database
        self._clock = clock
        self._known = frozenset(known_purposes)

    def add_merchant(self, *, name: str) -> str:
        """Add a merchant.

        Args:
            name: what holders read in their access log.

        Returns:
            The merchant's id.

        Raises:
            DomainError: MERCHANT_NAME_MISSING.
        """
        if not name.strip():
            raise MERCHANT_NAME_MISSING(pointer="/name")
        now = self._clock.now()
        merchant = Merchant(id=new_id("mer", now), name=name.strip(), created_at=now)
        with self._database.transaction() as tx:
            tx.add(merchant)
        return merchant.id

    def add_terminal(
        self,
        *,
        merchant_id: str,
        jwks: Sequence[Mapping[str, object]],
        purposes: Collection[str],
        scopes: Collection[str] = (DECODE_SCOPE,),
    ) -> str:
        """Add an active terminal.

        Args:
            merchant_id: whose.
            jwks: its public keys; a key without `kid` gets its thumbprint (RFC 7638) as one.
            purposes: the national purposes it may ask for.
            scopes: the OAuth scopes it may be given.

        Returns:
            The terminal's id, which is its `client_id`.

        Raises:
            DomainError: MERCHANT_UNKNOWN, TERMINAL_KEYS_INVALID or TERMINAL_PURPOSES_INVALID.
        """
        keys = registered(jwks)
        if not purposes or not self._known.issuperset(purposes):
            raise TERMINAL_PURPOSES_INVALID(pointer="/purposes")
        now = self._clock.now()
        terminal = Terminal(
            id=new_id("trm", now),
            merchant_id=merchant_id,
            state=TerminalState.ACTIVE,
            jwks=keys,
            purposes=sorted(purposes),
            scopes=sorted(scopes),
            created_at=now,
            state_changed_at=now,
        )
        with self._database.transaction() as tx:
            if tx.get(Merchant, merchant_id) is None:
                raise MERCHANT_UNKNOWN()
            tx.add(terminal)
        return terminal.id

    def terminal_with(self, jwks: Sequence[Mapping[str, object]]) -> str | None:
        """The terminal registered with exactly these keys, or None: for set-up that may run twice.

        Raises:
            DomainError: TERMINAL_KEYS_INVALID.
        """
        query = select(Terminal.id).where(Terminal.jwks == registered(jwks)).limit(1)
        with self._database.transaction() as tx:
            return tx.scalars(query).one_or_none()

    def suspend(self, terminal_id: str) -> None:
        """Shut a terminal out: from now on neither its keys nor its tokens count.

        Raises:
            DomainError: TERMINAL_UNKNOWN.
        """
        self._set_state(terminal_id, TerminalState.SUSPENDED)

    def resume(self, terminal_id: str) -> None:
        """Let a suspended terminal in again.

        Raises:
            DomainError: TERMINAL_UNKNOWN.
        """
        self._set_state(terminal_id, TerminalState.ACTIVE)

    def _set_state(self, terminal_id: str, state: TerminalState) -> None:
        change = (
            update(Terminal)
            .where(Terminal.id == terminal_id)
            .values(state=state, state_changed_at=self._clock.now())
            .returning(Terminal.id)
        )
        with self._database.transaction() as tx:
            if tx.scalar(change) is None:
                raise TERMINAL_UNKNOWN()
