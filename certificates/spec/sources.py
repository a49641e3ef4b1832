"""What a type asks of a source, and what sources are called."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, TypeAdapter, ValidationError

from certificates.departments import Bilingual
from certificates.spec.forms import Spec, Word
from certificates.wrong import refused


class SourceTerms(Spec):
    """How fresh a source's records must be for one type."""

    max_age_hours: int = Field(ge=0, le=24 * 365)
    """How old they may be at issue."""
    on_stale: Literal["fail", "provisional"]
    """What older ones lead to: no certificate, or one marked provisional."""
    live: bool = False
    """Whether the source must have answered just now and in full: only then does "nothing on
    record" say that there is nothing."""
    asks: tuple[Word, ...] = Field(default=(), strict=False)
    """Members to ask for besides those that are stated: so that an answer shows whose it is."""


_NAMES = TypeAdapter(dict[Word, Bilingual])


def read_source_names(path: Path) -> dict[str, Bilingual]:
    """Read what each source is called in plain words.

    Raises:
        CertificateError: TYPE_INVALID.
    """
    try:
        return _NAMES.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as wrong:
        raise refused(path.name, wrong) from None
