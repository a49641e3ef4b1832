"""A refusal kept until it is read, in both languages."""

from __future__ import annotations

import json

from app.core.errors import DomainError, kind_of


def problem_bytes(refusal: DomainError) -> bytes:
    """Write a refusal down; challenge headers go with the response they belong to."""
    kind = refusal.kind
    kept = {
        "code": kind.code,
        "status": kind.status,
        "zh": kind.zh,
        "en": kind.en,
        "retry_after": refusal.retry_after,
        "pointer": refusal.pointer,
        "members": refusal.members,
    }
    return json.dumps(kept, ensure_ascii=False).encode()


def read_problem(kept: bytes) -> DomainError:
    """Read a refusal that was written down."""
    known = json.loads(kept)
    return kind_of(known)(
        retry_after=known["retry_after"], pointer=known["pointer"], members=known["members"]
    )
