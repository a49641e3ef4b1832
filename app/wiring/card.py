"""The e-social-security card."""

from __future__ import annotations

import secrets
from datetime import timedelta

from app.card.codes import SvgPictures
from app.card.policy import CardPolicy
from app.card.ports import Register
from app.card.service.binding import CardBinding
from app.card.service.cancelling import CANCELLED, CardCancelling
from app.card.service.decoding import CodeDecoding
from app.card.service.holding import CardHolding
from app.card.service.offline.decoding import OfflineDecoding
from app.card.service.offline.issuing import OfflineIssuing
from app.card.service.offline.publishing import OfflinePublishing
from app.card.service.offline.uploading import DOUBLE_USE, OfflineUploading
from app.card.service.paper import PaperCodes
from app.card.service.presence import PresenceTokens
from app.card.service.representing import Representation
from app.card.service.showing import CodeShowing
from app.card.service.telling import CancellationTelling, DoubleUseTelling
from app.identity.service.persons import Persons
from app.notifications.service.notices import Notices
from app.outbox.ports import Topic
from app.wiring.family import build_mandate_use, build_persons
from app.wiring.infrastructure import Infrastructure
from app.wiring.lineage import KnownPersons


def card_policy(shared: Infrastructure) -> CardPolicy:
    """The card's times and caps, as the settings want them."""
    settings = shared.settings
    return CardPolicy(
        code_life=timedelta(seconds=settings.card_code_seconds),
        offline_cap_fen=settings.card_offline_cap_fen,
        offline_day_cap_fen=settings.card_offline_day_cap_fen,
    )


class NamedCitizens:
    """Persons by number and name (`app.card.ports.Citizens`)."""

    def __init__(self, persons: Persons) -> None:
        """Take the persons."""
        self._persons = persons

    def find(self, *, citizen_number: str, name: str) -> str | None:
        """The id of a person of this number and this name, or None."""
        person_id = self._persons.known(self._persons.hash_of(citizen_number))
        if person_id is None or self._persons.identity_of(person_id).name != name:
            return None
        return person_id


def build_paper_codes(shared: Infrastructure) -> PaperCodes:
    """Prints codes."""
    return PaperCodes(
        database=shared.database,
        clock=shared.clock,
        accesses=shared.accesses,
        citizens=NamedCitizens(build_persons(shared)),
        sheets=SvgPictures(),
        ring=shared.keys.secrets("card-code"),
        randomness=secrets.randbelow,
    )


def build_card(shared: Infrastructure, *, persons: Persons) -> dict[type, object]:
    """The holder's side, the terminal's side, the office's, and codes on paper."""
    database, clock, accesses = shared.database, shared.clock, shared.accesses
    policy = card_policy(shared)
    presence = PresenceTokens(
        issuer=shared.settings.public_url,
        ring=shared.keys.signing("presence"),
        cipher=shared.cipher,
        life=policy.presence_life,
    )
    return {
        CardBinding: CardBinding(database=database, clock=clock, accesses=accesses),
        CardHolding: CardHolding(database=database, clock=clock, accesses=accesses),
        CardCancelling: build_cancelling(shared, register=KnownPersons(persons)),
        CodeShowing: CodeShowing(
            database=database,
            clock=clock,
            accesses=accesses,
            limits=shared.limits,
            pictures=SvgPictures(),
            ring=shared.keys.secrets("card-code"),
            randomness=secrets.randbelow,
            policy=policy,
            representation=Representation(
                mandates=build_mandate_use(shared, persons), clock=clock, policy=policy
            ),
        ),
        PaperCodes: build_paper_codes(shared),
        CodeDecoding: CodeDecoding(
            database=database,
            clock=clock,
            accesses=accesses,
            limits=shared.limits,
            ring=shared.keys.secrets("card-code"),
            holders=persons,
            presence=presence,
            offline=OfflineDecoding(ring=shared.keys.signing("card"), policy=policy),
        ),
        **_offline(shared, policy, presence),
    }


def build_cancelling(shared: Infrastructure, *, register: Register) -> CardCancelling:
    """Cancels cards."""
    return CardCancelling(
        database=shared.database,
        clock=shared.clock,
        accesses=shared.accesses,
        outbox=shared.outbox,
        register=register,
    )


def card_topics(shared: Infrastructure) -> dict[str, Topic]:
    """Who handles the card's messages of the outbox."""
    notices = Notices(database=shared.database, clock=shared.clock)
    return {
        DOUBLE_USE: Topic(handler=DoubleUseTelling(database=shared.database, notices=notices)),
        CANCELLED: Topic(handler=CancellationTelling(database=shared.database, notices=notices)),
    }


def _offline(
    shared: Infrastructure, policy: CardPolicy, presence: PresenceTokens
) -> dict[type, object]:
    database, clock, ring = shared.database, shared.clock, shared.keys.signing("card")
    return {
        OfflineIssuing: OfflineIssuing(
            database=database,
            clock=clock,
            accesses=shared.accesses,
            limits=shared.limits,
            ring=ring,
            policy=policy,
        ),
        OfflinePublishing: OfflinePublishing(database=database, clock=clock, ring=ring),
        OfflineUploading: OfflineUploading(
            database=database,
            clock=clock,
            accesses=shared.accesses,
            limits=shared.limits,
            outbox=shared.outbox,
            ring=ring,
            presence=presence,
            policy=policy,
        ),
    }
