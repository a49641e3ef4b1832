"""From departments' corrections to the certificates made from what was corrected."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Final

from app.documents.ports import RecordSource
from app.documents.service.comparing import RecordComparing
from app.documents.service.confirmation_cases import ConfirmationCases
from app.documents.service.confirming import Confirming
from app.documents.service.correcting import Correcting
from app.documents.service.standing import CertificateStanding
from app.exchange.changes.http_feed import HttpFeed
from app.exchange.changes.ports import ChangeFeed
from app.exchange.changes.pulling import ChangePulling
from app.exchange.contracts.library import ContractLibrary
from app.identity.service.persons import Persons
from app.wiring.exchange import build_exchange, kept_answers
from app.wiring.infrastructure import Infrastructure
from app.wiring.type_book import TypeBook
from certificates.catalogue import Catalogue

_TIMEOUT_MS: Final = 2000


class KnownPersons:
    """Persons by citizen number."""

    def __init__(self, persons: Persons) -> None:
        """Take the persons."""
        self._persons = persons

    def person_of(self, citizen_number: str) -> str | None:
        """The person's id, or None when we know nobody of that number."""
        return self._persons.known(self._persons.hash_of(citizen_number))


def build_feeds(shared: Infrastructure, closing: ExitStack) -> Mapping[str, ChangeFeed]:
    """The feeds of all departments whose addresses are known, by department."""
    feeds = {
        name: HttpFeed(base_url=url, token=token.get_secret_value(), timeout_ms=_TIMEOUT_MS)
        for name, (url, token) in shared.settings.counters.items()
    }
    for feed in feeds.values():
        closing.callback(feed.close)
    return feeds


def build_sources(shared: Infrastructure, closing: ExitStack) -> Mapping[str, RecordSource]:
    """Every source that can be asked, by its name."""
    return build_exchange(shared, closing).cases


def build_pulling(shared: Infrastructure) -> ChangePulling:
    """Reads feeds into the outbox."""
    return ChangePulling(
        database=shared.database,
        clock=shared.clock,
        outbox=shared.outbox,
        sources={one.terms.name: one.source for one in ContractLibrary().all()},
        subjects=known_persons(shared),
        forget=kept_answers(shared).forget,
    )


def build_correcting(shared: Infrastructure, types: TypeBook) -> Correcting:
    """Ends what was made from a record that is another one now."""
    names = {
        one.source: f"{one.authority.zh} {one.authority.en}" for one in ContractLibrary().all()
    }
    return Correcting(
        database=shared.database,
        standing=_standing(shared),
        rules=types,
        names=names,
    )


def build_confirming(shared: Infrastructure, sources: Mapping[str, RecordSource]) -> Confirming:
    """Settles provisional certificates."""
    types = TypeBook(Catalogue.load())
    return Confirming(
        database=shared.database,
        clock=shared.clock,
        accesses=shared.accesses,
        cases=ConfirmationCases(
            database=shared.database,
            clock=shared.clock,
            sources=sources,
            persons=_persons(shared),
            terms=types,
        ),
        correcting=build_correcting(shared, types),
        standing=_standing(shared),
    )


def build_comparing(shared: Infrastructure, sources: Mapping[str, RecordSource]) -> RecordComparing:
    """The nightly comparison."""
    types = TypeBook(Catalogue.load())
    return RecordComparing(
        database=shared.database,
        clock=shared.clock,
        sources=sources,
        persons=_persons(shared),
        needs=types,
        correcting=build_correcting(shared, types),
    )


def _standing(shared: Infrastructure) -> CertificateStanding:
    return CertificateStanding(
        database=shared.database, clock=shared.clock, accesses=shared.accesses
    )


def known_persons(shared: Infrastructure) -> KnownPersons:
    """Persons by citizen number."""
    return KnownPersons(_persons(shared))


def _persons(shared: Infrastructure) -> Persons:
    return Persons(database=shared.database, cipher=shared.cipher, clock=shared.clock)
