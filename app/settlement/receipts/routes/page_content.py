"""What the receipts' check page shows, in one language, ready for the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.core.http.languages import Language
from app.settlement.receipts.service.checking import Standing
from app.settlement.receipts.wording import NOTHING_SINCE, SINCE, STATUS, TEXTS, said

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """Everything the template fills in."""

    language: Language
    texts: Mapping[str, str]
    headline: str = ""
    tone: str = ""
    """yes or no: a class of the style sheet."""
    note: str = ""
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    checked: str = ""
    """When, in words: a printed verdict must say so."""
    problem: str = ""


def empty(language: Language, *, problem: str = "") -> PageContent:
    """The form alone."""
    return PageContent(language=language, texts=_texts(language), problem=problem)


def judged(
    standing: Standing | None, *, language: Language, now: datetime, made_at: datetime | None
) -> PageContent:
    """A verdict: genuine with how the purchase stands now, or not genuine.

    Args:
        standing: of a genuine receipt.
        language: of the page.
        now: when it was checked.
        made_at: when the receipt was made, where the QR says so.
    """
    texts = _texts(language)
    checked = texts["checked"] + _moment(now)
    if standing is None:
        return PageContent(
            language=language,
            texts=texts,
            headline=texts["not_genuine"],
            tone="no",
            checked=checked,
        )
    return PageContent(
        language=language,
        texts=texts,
        headline=texts["genuine"],
        tone="yes",
        note=texts["compare"],
        facts=_facts(standing, language, made_at),
        checked=checked,
    )


def _texts(language: Language) -> dict[str, str]:
    return {name: said(words, language) for name, words in TEXTS.items()}


def _facts(
    standing: Standing, language: Language, made_at: datetime | None
) -> tuple[tuple[str, str], ...]:
    happened = [said(SINCE[one], language) for one in standing.since]
    told = {
        "merchant": standing.merchant,
        "bought_at": _moment(standing.bought_at),
        "total": _yuan(standing.total),
        "status": said(STATUS[standing.status], language),
        "returned": _yuan(standing.returned),
        "since": ("、" if language != "en" else ", ").join(happened)
        or said(NOTHING_SINCE, language),
        "number": standing.settlement_id,
    }
    if made_at is not None:
        told["made_at"] = _moment(made_at)
    return tuple((said(TEXTS[name], language), value) for name, value in told.items())


def _moment(at: datetime) -> str:
    return f"{at.astimezone(_SHANGHAI):%Y-%m-%d %H:%M} (UTC+8)"


def _yuan(fen: int) -> str:
    return f"CNY {fen // 100:,}.{fen % 100:02}"
