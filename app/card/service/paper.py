"""One-use codes on paper, for people without a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.card.errors import CARD_FROZEN, CARD_LOST, PAPER_PERSON_UNKNOWN, PAPER_SHEET_UNKNOWN
from app.card.models import PAPER, Card, CardToken, CodeGrant
from app.card.ports import Citizens, PaperSheets
from app.card.service.code_numbers import TYPE_PAPER, code_hash, new_code
from app.card.service.issuing import CardIssuing
from app.card.states import CardState, GrantState, TokenState
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import BUSY
from app.core.ids import new_id
from app.core.keys.provider import SecretRing

PAPER_SCOPE: Final = "card.paper"
MOST: Final = 10
"""Codes a sheet."""
LONGEST: Final = timedelta(days=30)
_TRIES: Final = 3
_CIVIL_TIME: Final = ZoneInfo("Asia/Shanghai")
_STAFF: Final = "工作人员 staff"
_REFUSALS: Final = {CardState.FROZEN: CARD_FROZEN, CardState.LOST: CARD_LOST}
_PURPOSES: Final = {
    "01101": "医院挂号 Registration",
    "01301": "医疗结算 Settlement",
    "01302": "取药 Dispensing",
    "02121": "药店购药 Pharmacy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOrder:
    """What is to be printed."""

    citizen_number: str = field(repr=False)
    name: str = field(repr=False)
    purpose: str
    count: int
    """1 to `MOST`."""
    life: timedelta
    """At most `LONGEST`."""
    amount_cap: int
    """Fen for each code, above 0."""

    def __post_init__(self) -> None:
        """Refuse what the design rules out; the routes have looked before."""
        within = 1 <= self.count <= MOST and timedelta(0) < self.life <= LONGEST
        if not within or self.amount_cap < 1 or self.purpose not in _PURPOSES:
            raise ValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSheet:
    """A sheet, told once. Its codes are kept nowhere in clear."""

    id: str
    expires_at: datetime
    codes: tuple[str, ...] = field(repr=False)
    svg: str = field(repr=False)


class PaperCodes:
    """Prints sheets and ends them."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        citizens: Citizens,
        sheets: PaperSheets,
        ring: SecretRing,
        randomness: Callable[[int], int],
    ) -> None:
        """Take the ports.

        Args:
            database: where codes live.
            clock: tells the time.
            accesses: the access log.
            citizens: finds persons.
            sheets: draws the page.
            ring: the secret ring "card-code".
            randomness: `secrets.randbelow`, or what a test gives.
        """
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._citizens = citizens
        self._sheets = sheets
        self._ring = ring
        self._randomness = randomness

    def print(self, order: SheetOrder, *, by: str) -> PrintedSheet:
        """Print a sheet of one-use codes; it ends the sheet before.

        1. The person verified their face once, at the counter or elsewhere, and number and name
        fit; the office has looked at who stands there.
        2. Their card is made where there is none, and is not frozen or lost.
        3. A person has one sheet at a time: the codes of the one before end in the same
        transaction.
        4. Only keyed hashes of the codes are stored, each for one purpose, one use, one month at
        most and a capped amount. The holder's log tells of it.

        Args:
            order: what to print.
            by: id of the operator.

        Raises:
            DomainError: PAPER_PERSON_UNKNOWN, CARD_FROZEN, CARD_LOST or BUSY.
        """
        person_id = self._citizens.find(citizen_number=order.citizen_number, name=order.name)  # 1
        if person_id is None:
            raise PAPER_PERSON_UNKNOWN()
        now = self._clock.now()
        with self._database.transaction() as tx:
            card = CardIssuing(clock=self._clock).ensure(tx, person_id)  # 2
            if card.state is not CardState.ACTIVE:
                raise _REFUSALS.get(card.state, CARD_LOST)()
            _end_sheets(tx, CardToken.card_id == card.id, now)  # 3
            sheet_id = _new_sheet(tx, card, now)
            codes = tuple(self._issue(tx, sheet_id, order, now) for _ in range(order.count))  # 4
            self._record(person_id, actions.CARD_PAPER_PRINTED, order.purpose, by)
        return PrintedSheet(
            id=sheet_id,
            expires_at=now + order.life,
            codes=codes,
            svg=self._drawn(codes, order, now + order.life),
        )

    def revoke(self, sheet_id: str, *, by: str) -> int:
        """End a sheet at once: when paper is lost, or the person has died.

        Returns:
            How many of its codes were still good.

        Raises:
            DomainError: PAPER_SHEET_UNKNOWN, also of one that was ended before.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            card = _card_of(tx, sheet_id)
            if card is None:
                raise PAPER_SHEET_UNKNOWN()
            ended = _end_sheets(tx, CardToken.id == sheet_id, now)
            if ended is None:
                raise PAPER_SHEET_UNKNOWN()
            self._record(card.person_id, actions.CARD_PAPER_REVOKED, "card", by)
        return ended

    def _issue(self, tx: Session, sheet_id: str, order: SheetOrder, now: datetime) -> str:
        for _ in range(_TRIES):
            code = new_code(self._randomness, kind=TYPE_PAPER)
            fresh = (
                insert(CodeGrant)
                .values(
                    id=new_id("cdg", now),
                    token_id=sheet_id,
                    mode=PAPER,
                    purpose=order.purpose,
                    state=GrantState.ISSUED,
                    code_hash=code_hash(self._ring, code),
                    issued_at=now,
                    expires_at=now + order.life,
                    amount_cap=order.amount_cap,
                )
                .on_conflict_do_nothing(index_elements=[CodeGrant.code_hash])
                .returning(CodeGrant.id)
            )
            if tx.scalar(fresh) is not None:
                return code
        raise BUSY(retry_after=1)

    def _record(self, person_id: str, action: str, purpose: str, by: str) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="staff", id=by, name=_STAFF),
            action=action,
            purpose=purpose,
        )

    def _drawn(self, codes: tuple[str, ...], order: SheetOrder, until: datetime) -> str:
        return self._sheets.sheet(
            codes,
            heading="电子社保卡纸质码（一码一用） One-use card codes",
            notes=(
                _PURPOSES[order.purpose],
                f"限额 ¥{order.amount_cap // 100}.{order.amount_cap % 100:02d}",
                f"有效至 until {until.astimezone(_CIVIL_TIME):%Y-%m-%d %H:%M}",
            ),
        )


def _new_sheet(tx: Session, card: Card, now: datetime) -> str:
    sheet_id = new_id("ctk", now)
    tx.add(
        CardToken(
            id=sheet_id,
            card_id=card.id,
            thumbprint=f"paper:{sheet_id}",
            state=TokenState.ACTIVE,
            level="L1",
            verified_at=now,
            created_at=now,
            state_changed_at=now,
        )
    )
    tx.flush()
    return sheet_id


def _card_of(tx: Session, sheet_id: str) -> Card | None:
    """The card of a sheet, locked first, as by everybody who ends codes."""
    query = (
        select(Card)
        .join(CardToken, CardToken.card_id == Card.id)
        .where(CardToken.id == sheet_id)
        .with_for_update(key_share=True, of=Card)
    )
    return tx.scalars(query).one_or_none()


def _end_sheets(tx: Session, which: ColumnElement[bool], now: datetime) -> int | None:
    """End sheets and their codes; how many were good, or None where no sheet was."""
    tokens = (
        update(CardToken)
        .where(
            which,
            func.starts_with(CardToken.thumbprint, "paper:"),
            CardToken.state != TokenState.REVOKED,
        )
        .values(state=TokenState.REVOKED, state_changed_at=now)
        .returning(CardToken.id)
        .execution_options(synchronize_session=False)
    )
    ended = tx.scalars(tokens).all()
    if not ended:
        return None
    codes = (
        update(CodeGrant)
        .where(CodeGrant.token_id.in_(ended), CodeGrant.state == GrantState.ISSUED)
        .values(state=GrantState.REVOKED, ended_at=now)
        .returning(CodeGrant.expires_at)
        .execution_options(synchronize_session=False)
    )
    return sum(expires_at > now for expires_at in tx.scalars(codes).all())
