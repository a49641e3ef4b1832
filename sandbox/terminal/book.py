"""The till's book: its keys, its customer, and every write whose answer has not come.

One JSON file, readable by its owner only, replaced in one step and on the disk before a write
leaves the till. Whatever stops the till, the next start knows what to ask about.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from sandbox.terminal.files import write_whole

_VERSION = 1
_MOST_BYTES = 16 << 20
_MOST_DAYS = 35
_OTHERS = 0o077
_EMPTY: dict[str, Any] = {
    "version": _VERSION,
    "till": {},
    "presence": None,
    "quote": None,
    "open": [],
    "done": [],
}


class BookError(Exception):
    """The book cannot be used; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A request that changes money, under the name it keeps for ever."""

    kind: str
    """settle, refund or reverse."""
    msgid: str
    path: str
    body: dict[str, Any]
    at: str
    """When it was first sent, ISO 8601."""
    sale: str = ""
    """The sale without a network that it settles, if it is one."""


class Book:
    """What a till must not forget."""

    def __init__(self, path: Path, content: dict[str, Any]) -> None:
        """Use ``Book.opened``."""
        self._path = path
        self._content = content

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[Self]:
        """Open a book, new or old, for this process alone.

        Raises:
            BookError: in use, readable by others, or no book.
        """
        descriptor = os.open(_lock(path), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield cls(path, _read(path))
        except BlockingIOError:
            message = f"{path} is in use by another till"
            raise BookError(message) from None
        finally:
            os.close(descriptor)

    @property
    def till(self) -> Mapping[str, Any]:
        """Who the till is: ``client_id``, ``base_url``, ``key``, ``proof_key`` and ``token``."""
        return self._content["till"]  # type: ignore[no-any-return]

    @property
    def presence(self) -> Mapping[str, Any] | None:
        """Who stands before it: ``token``, ``name``, ``expires_at``, ``sale``; or ``offline``."""
        return self._content["presence"]  # type: ignore[no-any-return]

    @property
    def quote(self) -> Mapping[str, Any] | None:
        """What they were told last: ``quote_id``, ``lines``, ``split``; or ``offline``."""
        return self._content["quote"]  # type: ignore[no-any-return]

    @property
    def open(self) -> list[Write]:
        """Writes without an answer, oldest first."""
        return [Write(**one) for one in self._content["open"]]

    @property
    def done(self) -> list[Mapping[str, Any]]:
        """What was settled and given back in the last weeks, oldest first."""
        return list(self._content["done"])

    def keep(self, **members: Any) -> None:  # noqa: ANN401 -- JSON values
        """Note members such as ``quote``; ``till`` is added to, the others are replaced."""
        told = members.pop("till", {})
        self._content |= members | {"till": {**self.till, **told}}
        self._save()

    def begin(self, write: Write) -> None:
        """Note a write before it is sent."""
        self._content["open"].append(asdict(write))
        self._save()

    def end(self, msgid: str, done: Mapping[str, Any] | None = None) -> None:
        """Note that nothing is open under a name any more, and what came of it."""
        self._content["open"] = [one for one in self._content["open"] if one["msgid"] != msgid]
        if done is not None:
            days = sorted({str(one["at"])[:10] for one in [*self.done, done]})[-_MOST_DAYS:]
            kept = [one for one in [*self.done, done] if str(one["at"])[:10] in days]
            self._content["done"] = kept
        self._save()

    def _save(self) -> None:
        write_whole(self._path, json.dumps(self._content, ensure_ascii=False).encode())


def _lock(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return json.loads(json.dumps(_EMPTY))  # type: ignore[no-any-return]
    told = path.stat()
    if told.st_mode & _OTHERS:
        message = f"{path} is open to others: chmod 600 {path}"
        raise BookError(message)
    try:
        content = json.loads(path.read_bytes()) if told.st_size <= _MOST_BYTES else None
    except ValueError:
        content = None
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        message = f"{path} is not a till's book"
        raise BookError(message)
    return _EMPTY | content
