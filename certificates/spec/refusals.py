"""When a certificate is refused, and in which words; and what is prepared to be shown alone."""

import re
from typing import Any, Self

from pydantic import model_validator

from certificates.departments import Bilingual
from certificates.spec.conditions import ValueTest
from certificates.spec.forms import Word

_VALUE = "{value}"
_BRACES = re.compile(r"[{}]")


class Refusal(ValueTest):
    """A fact with which there is no certificate."""

    name: Word
    """Stable; callers may branch on it."""
    fact: Word
    """A fact or a field."""
    words: Bilingual
    """For the person, and to them alone: the source, what it holds, what follows. `{value}` is
    the fact."""

    @model_validator(mode="after")
    def _only_the_value(self) -> Self:
        for text in (self.words.zh, self.words.en):
            if _BRACES.search(text.replace(_VALUE, "")):
                msg = "words: only {value} is filled in"
                raise ValueError(msg)
        return self

    def said(self, value: Any) -> Bilingual:  # noqa: ANN401 - JSON
        """Return the words with the fact in them."""
        text = "" if value is None else str(value)
        return Bilingual(
            zh=self.words.zh.replace(_VALUE, text), en=self.words.en.replace(_VALUE, text)
        )


class Predicate(ValueTest):
    """A yes or no that the holder may show without the facts behind it."""

    name: Word
    """What is true, such as `owns_no_housing`."""
    label: Bilingual
    """The same for people."""
    fact: Word
    """A fact or a field."""
