"""Putting merchants and terminals on the list."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import select

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.partners.errors import (
    MERCHANT_NAME_MISSING,
    MERCHANT_REGION_INVALID,
    MERCHANT_UNKNOWN,
    TERMINAL_ADDRESS_REFUSED,
    TERMINAL_KEYS_INVALID,
    TERMINAL_PURPOSES_INVALID,
    TERMINAL_SCOPES_INVALID,
    TERMINAL_UNKNOWN,
)
from app.partners.models import Merchant, MerchantKind, MerchantState, Terminal, TerminalState
from app.partners.ports import KeyAddresses
from app.partners.service.changes import COMMANDS, MERCHANT_ADDED, TERMINAL_ADDED, PartnerChanges
from app.partners.service.public_keys import registered
from app.partners.service.standing import PartnerStanding

DECODE_SCOPE: Final = "card.decode"
_REGION: Final = re.compile(r"[0-9]{6}", re.ASCII)


class Onboarding:
    """What an operator does at the command line or over the API."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        known_purposes: Collection[str],
        known_scopes: Collection[str] | None = None,
        addresses: KeyAddresses | None = None,
    ) -> None:
        """Take the ports.

        Args:
            database: where merchants and terminals live.
            clock: tells the time.
            known_purposes: the purposes a terminal can be allowed. Empty: none.
            known_scopes: the scopes a terminal can be given; None: whatever the command line says.
            addresses: judges where keys are published; None: no terminal's are.
        """
        self._addresses = addresses
        self._database = database
        self._clock = clock
        self._known = frozenset(known_purposes)
        self._scopes = None if known_scopes is None else frozenset(known_scopes)
        self._changes = PartnerChanges(database=database, clock=clock)
        self._standing = PartnerStanding(database=database, clock=clock)

    def add_merchant(
        self,
        *,
        name: str,
        kind: MerchantKind = MerchantKind.PHARMACY,
        region: str | None = None,
        by: str = COMMANDS,
    ) -> str:
        """Add a merchant.

        Args:
            name: what holders read in their access log.
            kind: what it is.
            region: its administrative division, six digits.
            by: who adds it.

        Returns:
            The merchant's id.

        Raises:
            DomainError: MERCHANT_NAME_MISSING or MERCHANT_REGION_INVALID.
        """
        if not name.strip():
            raise MERCHANT_NAME_MISSING(pointer="/name")
        if region is not None and _REGION.fullmatch(region) is None:
            raise MERCHANT_REGION_INVALID(pointer="/region")
        now = self._clock.now()
        merchant = Merchant(
            id=new_id("mer", now),
            name=name.strip(),
            kind=kind.value,
            region=region,
            state=MerchantState.ACTIVE.value,
            state_changed_at=now,
            created_at=now,
        )
        with self._database.transaction() as tx:
            tx.add(merchant)
            self._changes.record(
                MERCHANT_ADDED, by=by, merchant_id=merchant.id, detail=[merchant.kind]
            )
        return merchant.id

    def add_terminal(
        self,
        *,
        merchant_id: str,
        jwks: Sequence[Mapping[str, object]] | None = None,
        jwks_uri: str | None = None,
        purposes: Collection[str],
        scopes: Collection[str] = (DECODE_SCOPE,),
        by: str = COMMANDS,
    ) -> str:
        """Add an active terminal, with its keys or with the address that has them.

        Args:
            merchant_id: whose.
            jwks: its public keys; a key without `kid` gets its thumbprint (RFC 7638) as one.
            jwks_uri: where its merchant publishes them; it is asked at the first log-in.
            purposes: the national purposes it may ask for.
            scopes: the OAuth scopes it may be given.
            by: who adds it.

        Returns:
            The terminal's id, which is its `client_id`.

        Raises:
            DomainError: MERCHANT_UNKNOWN, TERMINAL_KEYS_INVALID (also of both keys and
                address, or neither), TERMINAL_ADDRESS_REFUSED, TERMINAL_PURPOSES_INVALID or
                TERMINAL_SCOPES_INVALID.
        """
        keys = self._keys(jwks, jwks_uri)
        if not purposes or not self._known.issuperset(purposes):
            raise TERMINAL_PURPOSES_INVALID(pointer="/purposes")
        if not scopes or (self._scopes is not None and not self._scopes.issuperset(scopes)):
            raise TERMINAL_SCOPES_INVALID(pointer="/scopes")
        now = self._clock.now()
        terminal = Terminal(
            id=new_id("trm", now),
            merchant_id=merchant_id,
            state=TerminalState.ACTIVE,
            jwks=keys,
            jwks_uri=jwks_uri,
            purposes=sorted(set(purposes)),
            scopes=sorted(set(scopes)),
            created_at=now,
            state_changed_at=now,
        )
        with self._database.transaction() as tx:
            if tx.get(Merchant, merchant_id) is None:
                raise MERCHANT_UNKNOWN()
            tx.add(terminal)
            self._changes.record(
                TERMINAL_ADDED,
                by=by,
                merchant_id=merchant_id,
                terminal_id=terminal.id,
                detail=[key["kid"] for key in keys] if jwks_uri is None else [jwks_uri],
            )
        return terminal.id

    def _keys(
        self, jwks: Sequence[Mapping[str, object]] | None, jwks_uri: str | None
    ) -> list[dict[str, str]]:
        """What is known of a new terminal's keys: nothing yet where they are elsewhere."""
        if (jwks is None) == (jwks_uri is None):
            raise TERMINAL_KEYS_INVALID(pointer="/jwks")
        if jwks is not None:
            return registered(jwks)
        if jwks_uri is None or self._addresses is None:
            raise TERMINAL_ADDRESS_REFUSED(pointer="/jwks_uri")
        self._addresses.require(jwks_uri)
        return []

    def terminal_with(self, jwks: Sequence[Mapping[str, object]]) -> str | None:
        """The first terminal registered with these keys, or None: for set-up that may run twice.

        It may have others besides, such as those of pages in browsers.

        Raises:
            DomainError: TERMINAL_KEYS_INVALID.
        """
        holds = Terminal.jwks.contains(registered(jwks))
        query = select(Terminal.id).where(holds).order_by(Terminal.id).limit(1)
        with self._database.transaction() as tx:
            return tx.scalars(query).one_or_none()

    def allow(self, terminal_id: str, scopes: Collection[str]) -> None:
        """Let a terminal be given these scopes besides those that it may be given already.

        Raises:
            DomainError: TERMINAL_UNKNOWN.
        """
        with self._database.transaction() as tx:
            terminal = tx.get(Terminal, terminal_id, with_for_update=True)
            if terminal is None:
                raise TERMINAL_UNKNOWN()
            terminal.scopes = sorted({*terminal.scopes, *scopes})

    def suspend(self, terminal_id: str, *, by: str = COMMANDS) -> None:
        """Shut a terminal out: as `PartnerStanding.suspend_terminal`."""
        self._standing.suspend_terminal(terminal_id, by=by)

    def resume(self, terminal_id: str, *, by: str = COMMANDS) -> None:
        """Let a terminal in again: as `PartnerStanding.resume_terminal`."""
        self._standing.resume_terminal(terminal_id, by=by)
