"""A lottery's ranks, from its published inputs. Nothing but the standard library is needed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

FORMULA: Final = "zero-run-lottery-1"


class NotAsPublished(Exception):  # noqa: N818 -- what is found
    """The published inputs do not belong together; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What a lottery published."""

    commitment: bytes
    """SHA-256 of the seed, published before the first entry."""
    entries_digest: bytes
    """Published before the public value was known."""
    seed: bytes
    public_value: str
    ranks: Mapping[str, int]
    """As they were served, by the tickets' ids."""

    @classmethod
    def of(cls, published: Mapping[str, Any]) -> Self:
        """Read the facts of ``/draw`` with a member ``tickets`` of all pages.

        Raises:
            NotAsPublished: another formula, not drawn yet, or a ticket is there twice.
        """
        if published.get("formula") != FORMULA:
            message = "the formula is another one"
            raise NotAsPublished(message)
        if "seed" not in published:
            message = "it is not drawn yet"
            raise NotAsPublished(message)
        tickets = published["tickets"]
        ranks = {str(one["ticket_id"]): int(one["rank"]) for one in tickets}
        if len(ranks) != len(tickets) or len(ranks) != published["entries"]:
            message = "the number of tickets is not the published one"
            raise NotAsPublished(message)
        return cls(
            commitment=bytes.fromhex(published["commitment"]),
            entries_digest=bytes.fromhex(published["entries_digest"]),
            seed=bytes.fromhex(published["seed"]),
            public_value=str(published["public_value"]),
            ranks=ranks,
        )

    def but(self, **changes: Any) -> Self:  # noqa: ANN401 -- any member
        """The same, with changes."""
        return replace(self, **changes)


def recomputed(draw: Draw, *, trusting: bool = False) -> dict[str, int]:
    """The ranks that follow from the inputs.

    1. The seed is the one that was committed to.
    2. The tickets are those whose digest was published.
    3. Ranked by HMAC-SHA-256(seed, digest || public value || 0x00 || id), the smallest first.

    Args:
        draw: what was published.
        trusting: leave 1 and 2 out.

    Raises:
        NotAsPublished: by 1 or 2.
    """
    ids = sorted(draw.ranks)
    digest = hashlib.sha256("".join(f"{one}\n" for one in ids).encode("ascii")).digest()
    if not trusting and hashlib.sha256(draw.seed).digest() != draw.commitment:  # 1
        message = "the seed is not the one committed to"
        raise NotAsPublished(message)
    if not trusting and digest != draw.entries_digest:  # 2
        message = "the tickets are not those whose digest was published"
        raise NotAsPublished(message)
    prefix = digest + draw.public_value.encode() + b"\x00"
    keys = {one: hmac.digest(draw.seed, prefix + one.encode("ascii"), "sha256") for one in ids}
    return {one: rank for rank, one in enumerate(sorted(ids, key=keys.__getitem__), start=1)}  # 3
