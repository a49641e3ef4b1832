"""Brings sealed fields under the active key after a rotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, select, update

from app.core.database import Base, Database
from app.core.fields import FieldCipher, Place

_BATCH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """A column whose values are sealed for the place (table, column, value of `row`)."""

    model: type[Base]
    column: str
    row: str = "id"

    @property
    def table(self) -> Table:
        """The table itself."""
        table = self.model.__table__
        if not isinstance(table, Table):
            raise TypeError(self.column)
        return table


class Resealer:
    """Re-encrypts, batch by batch, what older keys sealed. May be stopped and run again."""

    def __init__(self, *, database: Database, cipher: FieldCipher) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher

    def reseal(self, columns: Sequence[SealedColumn]) -> int:
        """Reseal every value that is not under the active key; returns how many were."""
        return sum(self._column(column) for column in columns)

    def _column(self, column: SealedColumn) -> int:
        table, done, last = column.table, 0, ""
        row, value = table.c[column.row], table.c[column.column]
        while True:
            query = select(row, value).where(row > last, value.is_not(None))
            with self._database.separate() as tx:
                found = tx.execute(query.order_by(row).limit(_BATCH)).all()
                due = [(r, v) for r, v in found if not self._cipher.is_current(v)]
                for name, sealed in due:
                    tx.execute(self._change(column, name, sealed))
            done += len(due)
            if len(found) < _BATCH:
                return done
            last = found[-1][0]

    def _change(self, column: SealedColumn, name: str, sealed: bytes) -> Any:  # noqa: ANN401 - an UPDATE
        table = column.table
        place = Place(table.name, column.column, name)
        fresh = self._cipher.seal(self._cipher.open(sealed, place), place)
        # Only what is still as it was read: a change made meanwhile is under the new key already.
        unchanged = (table.c[column.row] == name) & (table.c[column.column] == sealed)
        return update(table).where(unchanged).values({column.column: fresh})
