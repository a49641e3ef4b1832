"""Persons: made when a verification passes or an office enrols them, known by an opaque id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.fields import FieldCipher, Place
from app.core.ids import new_id
from app.identity.models.person import Person
from app.identity.service.masking import mask_citizen_number, mask_name

_INDEX_USE = "citizen-number"
_IDENTITY: Final = "SELECT citizen_number, name FROM persons WHERE id = %(id)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonIdentity:
    """What the state calls a person."""

    citizen_number: str
    """18 characters, GB 11643."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedIdentity:
    """The same, fit to be shown to others."""

    citizen_number: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """A person after a passed verification."""

    id: str
    created: bool
    """True when this was their first."""


class Persons:
    """Finds and makes persons; opens their sealed fields."""

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def hash_of(self, citizen_number: str) -> bytes:
        """The keyed hash a citizen number is looked up and counted by, 32 bytes."""
        return self._cipher.index(_INDEX_USE, citizen_number)

    def known(self, citizen_hash: bytes) -> str | None:
        """The id of the person behind a keyed hash, or None when nobody has passed yet."""
        with self._database.transaction() as tx:
            return tx.scalar(select(Person.id).where(Person.citizen_hash == citizen_hash))

    def find_or_create(self, identity: PersonIdentity) -> FoundPerson:
        """The row of somebody whose face was just verified, or whom an office enrols.

        A name that the registry has changed since is changed here too.
        """
        with self._database.transaction() as tx:
            new = new_id("prs", self._clock.now())
            made = tx.execute(
                insert(Person)
                .values(
                    id=new,
                    citizen_hash=self.hash_of(identity.citizen_number),
                    citizen_number=self._sealed(new, "citizen_number", identity.citizen_number),
                    name=self._sealed(new, "name", identity.name),
                    created_at=self._clock.now(),
                )
                .on_conflict_do_nothing(index_elements=[Person.citizen_hash])
                .returning(Person.id)
            ).scalar()
            if made is not None:
                return FoundPerson(id=made, created=True)
            return FoundPerson(id=self._renamed(identity), created=False)

    def _renamed(self, identity: PersonIdentity) -> str:
        with self._database.transaction() as tx:
            person = tx.scalars(
                select(Person).where(Person.citizen_hash == self.hash_of(identity.citizen_number))
            ).one()
            if self._opened(person.id, "name", person.name) != identity.name:
                tx.execute(
                    update(Person)
                    .where(Person.id == person.id)
                    .values(name=self._sealed(person.id, "name", identity.name))
                )
            return person.id

    def identity_of(self, person_id: str) -> PersonIdentity:
        """Number and name of a person, in clear. The caller records the look in the access log.

        Raises:
            DomainError: NOT_FOUND.
        """
        for sealed in self._database.look(_IDENTITY, {"id": person_id}):
            return self.opened(person_id, sealed)
        raise NOT_FOUND()

    def sealed(self, person: str) -> str:
        """SQL that selects number and name of a person, sealed: for a statement at hand.

        Args:
            person: SQL, the person's id; ours, never a caller's text.
        """
        return f"(SELECT ARRAY[citizen_number, name] FROM persons WHERE persons.id = {person})"  # noqa: S608

    def opened(self, person_id: str, sealed: Sequence[bytes]) -> PersonIdentity:
        """Number and name that were selected so. The caller records the look in the access log."""
        number, name = sealed
        return PersonIdentity(
            citizen_number=self._opened(person_id, "citizen_number", number),
            name=self._opened(person_id, "name", name),
        )

    def masked(self, person_id: str) -> MaskedIdentity:
        """Number and name of a person, fit to be shown to others.

        Raises:
            DomainError: NOT_FOUND.
        """
        identity = self.identity_of(person_id)
        return MaskedIdentity(
            citizen_number=mask_citizen_number(identity.citizen_number),
            name=mask_name(identity.name),
        )

    def _sealed(self, person_id: str, column: str, value: str) -> bytes:
        return self._cipher.seal(value, Place(Person.__tablename__, column, person_id))

    def _opened(self, person_id: str, column: str, value: bytes) -> str:
        return self._cipher.open_text(value, Place(Person.__tablename__, column, person_id))
