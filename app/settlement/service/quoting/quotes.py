"""Quotes: what a purchase would cost whom, told to one terminal for five minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from psycopg.types.json import Jsonb

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.statements import Tx, finally_run
from app.settlement.benefits.basket import Standing
from app.settlement.errors import CODE_CAP_EXCEEDED
from app.settlement.models.quote import Quote
from app.settlement.ports import Insured, MutualAid, Presences
from app.settlement.service.enrolment.records import age_on
from app.settlement.service.ledger import accounts as names
from app.settlement.service.ledger.accounts import Accounts
from app.settlement.service.quoting.content import Content, content_of, sources_of
from app.settlement.service.quoting.pricing import Pricing, Wanted, visit_of
from app.settlement.service.quoting.standing import Insurance, read_insurance, today

LASTS: Final = timedelta(minutes=5)
_COLUMNS: Final = (
    "id",
    "presentation_id",
    "person_id",
    "merchant_id",
    "terminal_id",
    "purpose",
    "mandate_id",
    "agent_id",
    "amount_cap",
    "region",
    "scheme",
    "year",
    "rule_hash",
    "accumulator_version",
    "account_seen",
    "created_at",
    "expires_at",
)
_WRITE: Final = (
    f"INSERT INTO quotes ({', '.join(_COLUMNS)}, content) "  # noqa: S608 - our own columns
    f"VALUES ({', '.join(f'%({name})s' for name in _COLUMNS)}, %(content)s)"
)


class Quoting:
    """Makes quotes."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        accounts: Accounts,
        pricing: Pricing,
        presences: Presences,
        insured: Insured,
        mutual: MutualAid,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._accounts = accounts
        self._pricing = pricing
        self._presences = presences
        self._insured = insured
        self._mutual = mutual

    def quote(self, terminal: Terminal, *, token: str, wanted: Sequence[Wanted]) -> Quote:
        """Make a quote for whoever stood before the terminal.

        1. The presence token is this terminal's, and its card is active.
        2. Its purpose pays for something.
        3. Every item is in the catalogue today; quantities and amounts are within bounds.
        4. The person is insured, and a rule is in force for them.
        5. It costs no more than the code allows, where that is capped.

        Nothing is reserved. The holder's log shows it.

        Raises:
            DomainError: what the presence's reader refuses; PRESENCE_PURPOSE; ITEM_UNKNOWN,
                ITEM_NOT_IN_FORCE, BASKET_REFUSED; NOT_INSURED, RULE_NOT_IN_FORCE;
                CODE_CAP_EXCEEDED.
        """
        present = self._presences.verify(token, terminal)  # 1
        visit_of(present.purpose)  # 2
        quote = Quote(
            presentation_id=present.presentation_id,
            person_id=present.person_id,
            merchant_id=terminal.merchant_id,
            terminal_id=terminal.terminal_id,
            purpose=present.purpose,
            mandate_id=present.mandate_id,
            agent_id=present.agent_id,
            amount_cap=present.amount_cap,
        )
        return self._made(terminal, quote, wanted)

    def again(self, terminal: Terminal, quote_id: str) -> Quote:
        """Make a fresh quote of what a stale one was of.

        Raises:
            DomainError: as `quote`, but for the presence, which was checked.
        """
        with self._database.transaction() as tx:
            stale = tx.get_one(Quote, quote_id)
        quote = Quote(
            presentation_id=stale.presentation_id,
            person_id=stale.person_id,
            merchant_id=stale.merchant_id,
            terminal_id=stale.terminal_id,
            purpose=stale.purpose,
            mandate_id=stale.mandate_id,
            agent_id=stale.agent_id,
            amount_cap=stale.amount_cap,
        )
        wanted = [
            Wanted(
                code=line["code"],
                barcode=None,
                quantity=line["quantity"],
                unit_price=line["unit_price"],
            )
            for line in stale.content["lines"]
        ]
        return self._made(terminal, quote, wanted)

    def what_if(
        self,
        *,
        region: str,
        scheme: str,
        purpose: str,
        age: int,
        standing: Standing,
        wanted: Sequence[Wanted],
    ) -> Content:
        """What a basket would cost somebody of this standing: arithmetic, about nobody.

        Raises:
            DomainError: as `quote`.
        """
        day = today(self._clock.now())
        applied = self._pricing.applied(
            region=region, scheme=scheme, purpose=purpose, on=day, age=age
        )
        basket = self._pricing.basket(wanted, on=day)
        outcome = self._pricing.split(basket, applied, standing)
        return content_of(basket, applied, standing, outcome, ())

    def _made(self, terminal: Terminal, quote: Quote, wanted: Sequence[Wanted]) -> Quote:
        now = self._clock.now()
        basket = self._pricing.basket(wanted, on=today(now))  # 3
        self._accounts.open(
            [
                names.own(quote.person_id),
                names.due(quote.person_id),
                names.payable(quote.merchant_id),
                names.till(quote.merchant_id),
                names.PROVIDER_CASH,
                names.LATE_CASH,
            ]
        )
        with self._database.direct() as tx:
            insurance = read_insurance(tx, quote.person_id, day=today(now), mutual=self._mutual)
            applied = self._pricing.applied(  # 4
                region=insurance.region,
                scheme=insurance.scheme,
                purpose=quote.purpose,
                on=today(now),
                age=age_on(self._insured.born(quote.person_id), today(now)),
            )
            standing = insurance.standing(applied.group)
            outcome = self._pricing.split(basket, applied, standing)
            if quote.amount_cap is not None and outcome.total > quote.amount_cap:  # 5
                raise CODE_CAP_EXCEEDED()
            sources = sources_of(outcome, quote.person_id, insurance.payers)
            quote.rule_hash = applied.rule.sha256
            quote.content = content_of(basket, applied, standing, outcome, sources)
            self._write(tx, terminal, quote, insurance)
        return quote

    def _write(self, tx: Tx, terminal: Terminal, quote: Quote, insurance: Insurance) -> None:
        now = self._clock.now()
        self._accounts.open([names.fund(insurance.region, insurance.scheme)])
        quote.id = new_id("quo", now)
        quote.region, quote.scheme, quote.year = insurance.region, insurance.scheme, insurance.year
        quote.accumulator_version = insurance.version
        quote.account_seen = insurance.available
        quote.created_at, quote.expires_at = now, now + LASTS
        values = {name: getattr(quote, name) for name in _COLUMNS}
        finally_run(tx, _WRITE, {**values, "content": Jsonb(quote.content)})
        self._accesses.record(
            person_id=quote.person_id,
            actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
            action=actions.PURCHASE_QUOTED,
            purpose=quote.purpose,
            fields=("insurance", "own_account"),
        )
