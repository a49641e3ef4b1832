"""What the check page shows, in one language, ready for the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.core.http.languages import Language
from app.documents.records import Verdict
from app.documents.service.checks import CheckResult
from app.documents.wording import FINDINGS, NOTES, PARTS, TEXTS, said

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_MARKS: Final = {True: ("✓", "yes"), False: ("✗", "no"), None: ("–", "open")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One of the five lines."""

    mark: str
    tone: str
    """yes, no or open: a class of the style sheet and a key of the texts."""
    answer: str
    """The mark in words, for those who hear the page."""
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """Everything the template fills in."""

    language: Language
    texts: Mapping[str, str]
    given: str = ""
    """What was typed as number, to stand in the form again."""
    headline: str = ""
    tone: str = ""
    note: str = ""
    findings: tuple[Finding, ...] = ()
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Label and value of each line about the certificate."""
    checked: str = ""
    """When, in words: a printed verdict must say so."""
    problem: str = ""


def page_content(
    result: CheckResult | None, *, language: Language, given: str, problem: str = ""
) -> PageContent:
    """Put a result, or none, into words."""
    texts = {name: said(words, language) for name, words in TEXTS.items()}
    if result is None:
        return PageContent(language=language, texts=texts, given=given, problem=problem)
    verdict = result.verdict
    return PageContent(
        language=language,
        texts=texts,
        given="" if result.certificate is not None else given,
        headline=_headline(verdict, texts),
        tone="yes" if verdict.valid else "no",
        note=_note(result, language),
        findings=_findings(verdict, language, texts),
        facts=_facts(result, language, texts),
        checked=texts["checked"] + _day(result.checked_at, language),
    )


def _headline(verdict: Verdict, texts: Mapping[str, str]) -> str:
    if not verdict.valid:
        return texts["invalid"]
    return texts["valid" if verdict.integrity.ok else "valid_code"]


def _note(result: CheckResult, language: Language) -> str:
    typed, known = result.verdict.integrity.code == "NOT_CHECKED", result.certificate is not None
    if typed:
        return said(NOTES["compare" if known else "wrong_code"], language)
    return "" if known else said(NOTES["copy"], language)


def _findings(
    verdict: Verdict, language: Language, texts: Mapping[str, str]
) -> tuple[Finding, ...]:
    lines = []
    for name, part in verdict.parts().items():
        mark, tone = _MARKS[part.ok]
        lines.append(
            Finding(
                mark=mark,
                tone=tone,
                answer=texts[tone],
                name=said(PARTS[name], language),
                text=said(FINDINGS[name][part.code], language),
            )
        )
    return tuple(lines)


def _facts(
    result: CheckResult, language: Language, texts: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    found = result.certificate
    if found is None:
        return ()
    facts = [
        (texts["certificate"], said((found.titles.zh, found.titles.en), language)),
        (texts["holder"], result.holder or ""),
        (texts["number"], found.number),
        (texts["version"], str(found.version)),
        (texts["issued"], _day(found.issued_at, language)),
        (texts["until"], _day(found.valid_until, language)),
    ]
    if found.confirmed_at is not None:
        day = _day(found.confirmed_at, language)
        facts.append((texts["confirmed"], f"{day} {texts['confirmed_note']}"))
    return tuple(facts)


def _day(moment: datetime, language: Language) -> str:
    local = moment.astimezone(_SHANGHAI)
    if language == "en":
        return f"{local:%Y-%m-%d %H:%M} (China time)"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
