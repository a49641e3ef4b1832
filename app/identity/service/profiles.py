"""A person's own data, shown to themselves."""

from __future__ import annotations

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.database import Database
from app.identity.service.persons import MaskedIdentity, Persons


class Profiles:
    """Shows people what is known of them."""

    def __init__(self, *, database: Database, persons: Persons, accesses: AccessLog) -> None:
        """Take the ports."""
        self._database = database
        self._persons = persons
        self._accesses = accesses

    def own(self, person_id: str, *, device: str) -> MaskedIdentity:
        """Name and number of the caller, masked; the look is recorded with it."""
        with self._database.transaction():
            self._accesses.record(
                person_id=person_id,
                actor=Actor(kind="self", id=device, name="本人 self"),
                action=actions.PROFILE_READ,
                purpose="profile",
                fields=("name", "citizen_number"),
            )
            return self._persons.masked(person_id)
