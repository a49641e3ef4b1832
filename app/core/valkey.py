"""The client of the memory all workers share, without what nobody here looks at."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol, cast

import redis
from limits.storage import RedisStorage

# What a second try on a new connection can help against.
_LOST: Final = (redis.ConnectionError, redis.TimeoutError)


class _Connection(Protocol):
    """What of the library's connections is used here."""

    @property
    def is_connected(self) -> bool: ...

    def can_read(self) -> bool: ...

    def send_command(self, *args: Any) -> None: ...  # noqa: ANN401 - the library's

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
        connection = self._lent()
        try:
            try:
                return self._answer(connection, args, options)
            except _LOST:
                connection.disconnect()
                return self._answer(connection, args, options)
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


def _speaks(connection: _Connection) -> bool:
    try:
        return connection.can_read()
    except (redis.RedisError, OSError):
        return True


class RateStorage(RedisStorage):
    """Counts of rates, by a client that is at hand."""

    def __init__(self, client: redis.Redis) -> None:
        """Take the client."""
        self._client = client
        super().__init__("redis://", connection_pool=client.connection_pool)

    def initialize_storage(self, uri: str) -> None:
        """Register the scripts with the client."""
        self.storage = self._client
        super().initialize_storage(uri)
