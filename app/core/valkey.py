"""The client of the memory all workers share, without what nobody here looks at."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar, cast

import redis
from limits.storage import RedisStorage

T = TypeVar("T")
# What a second try on a new connection can help against.
_LOST: Final = (redis.ConnectionError, redis.TimeoutError)


class _Connection(Protocol):
    """What of the library's connections is used here."""

    @property
    def is_connected(self) -> bool: ...

    def can_read(self) -> bool: ...

    def send_command(self, *args: Any) -> None: ...  # noqa: ANN401 - the library's

    def pack_commands(self, commands: Sequence[tuple[Any, ...]]) -> list[bytes]: ...

    def send_packed_command(self, command: list[bytes]) -> None: ...

    def disconnect(self) -> None: ...


class Valkey(redis.Redis):
    """As `redis.Redis`, for less processor time a command.

    The library measures each command for a telemetry that is not used, and wraps each in a closure
    to be retried. Here a connection that is at hand is looked at and used; if it is lost the
    command is tried once more on a new one, as `Retry(NoBackoff(), 1)` would. Thread-safe.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - the library's
        """Take the library's options."""
        super().__init__(**options)
        self._idle: deque[_Connection] = deque()

    def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - the library's
        """Run one command.

        Raises:
            redis.RedisError: the server cannot be asked, or refuses.
        """
        return self._spoken(lambda connection: self._answer(connection, args, options))

    def ask(self, *commands: tuple[Any, ...]) -> list[Any]:
        """Run several commands that do not depend on one another, by one journey.

        Raises:
            redis.RedisError: the server cannot be asked, or refuses one of them.
        """
        return self._spoken(lambda connection: self._answers(connection, commands))

    def _spoken(self, talk: Callable[[_Connection], T]) -> T:
        connection = self._lent()
        try:
            try:
                return talk(connection)
            except _LOST:
                connection.disconnect()
                return talk(connection)
        except redis.ResponseError:
            raise  # read to its end
        except BaseException:
            # Half an answer must never be taken for the next one's.
            connection.disconnect()
            raise
        finally:
            self._idle.append(connection)

    def _lent(self) -> _Connection:
        try:
            connection = self._idle.pop()
        except IndexError:
            return cast("_Connection", self.connection_pool.get_connection())
        if connection.is_connected and _speaks(connection):  # ended by the server, or unread
            connection.disconnect()
        return connection

    def _answer(
        self, connection: _Connection, args: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:  # noqa: ANN401 - the library's
        connection.send_command(*args)
        parse: Callable[..., Any] = self.parse_response
        return parse(connection, args[0], **options)

    def _answers(self, connection: _Connection, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        connection.send_packed_command(connection.pack_commands(commands))
        parse: Callable[..., Any] = self.parse_response
        answers: list[Any] = []
        for command in commands:
            try:
                answers.append(parse(connection, command[0]))
            except redis.ResponseError as refused:
                answers.append(refused)
        for answer in answers:
            if isinstance(answer, redis.ResponseError):
                raise answer
        return answers


def _speaks(connection: _Connection) -> bool:
    try:
        return connection.can_read()
    except (redis.RedisError, OSError):
        return True


class RateStorage(RedisStorage):
    """Counts of rates, by a client that is at hand."""

    def __init__(self, client: Valkey) -> None:
        """Take the client."""
        self._client = client
        super().__init__("redis://", connection_pool=client.connection_pool)

    def initialize_storage(self, uri: str) -> None:
        """Register the scripts with the client."""
        self.storage = self._client
        super().initialize_storage(uri)

    def used_up(self, asked: Sequence[tuple[str, int, int]]) -> list[bool]:
        """Whether no further use may be counted now, for several keys by one journey.

        As `acquire_entry` decides it: the use that lies `amount` uses back is within the time.

        Args:
            asked: key, amount, and seconds after which a use does not count any more.
        """
        oldest = self._client.ask(
            *(("LINDEX", self.prefixed_key(key), amount - 1) for key, amount, _ in asked)
        )
        now = time.time()  # by which the library counts
        return [
            entry is not None and float(entry) >= now - seconds
            for entry, (_, _, seconds) in zip(oldest, asked, strict=True)
        ]
