"""Changing a terminal: its keys, one by one or where they are, and what it may ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.partners.errors import (
    TERMINAL_ADDRESS_REFUSED,
    TERMINAL_KEY_EXISTS,
    TERMINAL_KEY_UNKNOWN,
    TERMINAL_KEYS_ELSEWHERE,
    TERMINAL_LAST_KEY,
    TERMINAL_PURPOSES_INVALID,
    TERMINAL_UNKNOWN,
)
from app.partners.models import Terminal
from app.partners.ports import KeyAddresses
from app.partners.service.changes import (
    TERMINAL_KEY_ADDED,
    TERMINAL_KEY_ADDRESS,
    TERMINAL_KEY_REMOVED,
    TERMINAL_PURPOSES,
    PartnerChanges,
)
from app.partners.service.public_keys import registered


class TerminalChanges:
    """Rotates keys and sets purposes. Each change locks the terminal's row first."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        known_purposes: Collection[str],
        addresses: KeyAddresses | None = None,
    ) -> None:
        """Take the ports.

        Args:
            database: where terminals live.
            clock: tells the time.
            known_purposes: the purposes a terminal can be allowed. Empty: none.
            addresses: judges where keys may be; None: nowhere but here.
        """
        self._database = database
        self._known = frozenset(known_purposes)
        self._addresses = addresses
        self._changes = PartnerChanges(database=database, clock=clock)

    def add_key(self, terminal_id: str, jwk: Mapping[str, object], *, by: str) -> str:
        """Add a public key, so that the terminal may log in with it as well from now on.

        Returns:
            The key's name: its `kid`, or its thumbprint (RFC 7638) where it has none.

        Raises:
            DomainError: TERMINAL_UNKNOWN, TERMINAL_KEYS_ELSEWHERE, TERMINAL_KEYS_INVALID (also of
                a sixth key) or TERMINAL_KEY_EXISTS.
        """
        (key,) = registered([jwk])
        with self._database.transaction() as tx:
            terminal = _registered_here(tx, terminal_id)
            if any(key["kid"] == known["kid"] for known in terminal.jwks):
                raise TERMINAL_KEY_EXISTS(pointer="/key")
            terminal.jwks = registered([*terminal.jwks, key])
            self._record(terminal, TERMINAL_KEY_ADDED, [key["kid"]], by)
        return key["kid"]

    def remove_key(self, terminal_id: str, kid: str, *, by: str) -> None:
        """Remove a key: no log-in succeeds with it from now on.

        Tokens it was given before end within ten minutes; a stolen key wants a suspension too.

        Raises:
            DomainError: TERMINAL_UNKNOWN, TERMINAL_KEYS_ELSEWHERE, TERMINAL_KEY_UNKNOWN or
                TERMINAL_LAST_KEY.
        """
        with self._database.transaction() as tx:
            terminal = _registered_here(tx, terminal_id)
            left = [key for key in terminal.jwks if key["kid"] != kid]
            if len(left) == len(terminal.jwks):
                raise TERMINAL_KEY_UNKNOWN()
            if not left:
                raise TERMINAL_LAST_KEY()
            terminal.jwks = left
            self._record(terminal, TERMINAL_KEY_REMOVED, [kid], by)

    def set_key_address(self, terminal_id: str, uri: str, *, by: str) -> None:
        """Have a terminal's keys be those published at an address, and no others, from now on.

        Whatever keys it had log in no more; the address is asked at the next log-in.

        Raises:
            DomainError: TERMINAL_UNKNOWN or TERMINAL_ADDRESS_REFUSED.
        """
        if self._addresses is None:
            raise TERMINAL_ADDRESS_REFUSED(pointer="/jwks_uri")
        self._addresses.require(uri)
        with self._database.transaction() as tx:
            terminal = _locked(tx, terminal_id)
            terminal.jwks, terminal.jwks_uri = [], uri
            terminal.jwks_fetched_at = terminal.jwks_tried_at = terminal.jwks_failure = None
            self._record(terminal, TERMINAL_KEY_ADDRESS, [uri], by)

    def set_purposes(self, terminal_id: str, purposes: Collection[str], *, by: str) -> None:
        """Set the purposes it may ask for, from its next request on.

        Raises:
            DomainError: TERMINAL_UNKNOWN or TERMINAL_PURPOSES_INVALID.
        """
        if not purposes or not self._known.issuperset(purposes):
            raise TERMINAL_PURPOSES_INVALID(pointer="/purposes")
        with self._database.transaction() as tx:
            terminal = _locked(tx, terminal_id)
            terminal.purposes = sorted(set(purposes))
            self._record(terminal, TERMINAL_PURPOSES, terminal.purposes, by)

    def _record(self, terminal: Terminal, action: str, detail: list[str], by: str) -> None:
        self._changes.record(
            action,
            by=by,
            merchant_id=terminal.merchant_id,
            terminal_id=terminal.id,
            detail=detail,
        )


def _registered_here(tx: Session, terminal_id: str) -> Terminal:
    terminal = _locked(tx, terminal_id)
    if terminal.jwks_uri is not None:
        raise TERMINAL_KEYS_ELSEWHERE()
    return terminal


def _locked(tx: Session, terminal_id: str) -> Terminal:
    query = (
        select(Terminal)
        .where(Terminal.id == terminal_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = tx.scalars(query).one_or_none()
    if found is None:
        raise TERMINAL_UNKNOWN()
    return found
