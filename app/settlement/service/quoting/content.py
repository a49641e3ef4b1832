"""What a quote holds, as JSON and back: rule, lines, split, sources and trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.settlement.benefits.basket import Standing
from app.settlement.benefits.outcome import LineSplit, Split
from app.settlement.benefits.trace import Step, StepCode, trace
from app.settlement.benefits.trace_words import Language, sentence
from app.settlement.models.purchase import COMPONENTS
from app.settlement.service.quoting.pricing import Applied, Priced
from app.settlement.service.quoting.standing import Source

Content = dict[str, Any]
SPLIT_FIELDS: Final = (
    "total",
    "own",
    "over",
    "self_first",
    "in_scope",
    "deductible",
    "fund",
    "person",
    "account",
    "mutual",
    "cash",
)


def content_of(
    basket: Sequence[Priced],
    applied: Applied,
    standing: Standing,
    outcome: Split,
    sources: Sequence[tuple[str, int]],
) -> Content:
    """Everything a quote says."""
    steps = trace(
        [priced.line for priced in basket],
        applied.group.terms,
        standing,
        outcome,
        rule=applied.rule.title,
    )
    return {
        "rule": {
            "title": applied.rule.title,
            "id": applied.rule.data.id,
            "version": applied.rule.data.version,
            "sha256": applied.rule.sha256,
            "from_age": applied.group.from_age,
            "deductible": applied.group.deductible,
            "cap": applied.group.cap,
        },
        "lines": [
            _line(n, priced, part)
            for n, (priced, part) in enumerate(zip(basket, outcome.lines, strict=True), start=1)
        ],
        "split": {name: getattr(outcome, name) for name in SPLIT_FIELDS},
        "sources": [list(one) for one in sources],
        "trace": [_step(step) for step in steps],
    }


def sources_of(outcome: Split, person_id: str, payers: Sequence[Source]) -> list[tuple[str, int]]:
    """Whose own accounts pay how much: the buyer's own first, then family in its order."""
    found = [(person_id, outcome.own_account)] if outcome.own_account else []
    left = outcome.mutual
    for payer in payers:
        part = min(left, payer.available)
        if part:
            found.append((payer.person_id, part))
            left -= part
    return found


def steps_in_words(content: Content, language: Language) -> list[dict[str, Any]]:
    """The trace, each step with its sentence."""
    return [
        {
            "code": step["code"],
            "text": sentence(_read(step), language),
            "numbers": step["numbers"],
            "line": step["line"],
        }
        for step in content["trace"]
    ]


def line_split(row: Any, *, minus: str = "") -> LineSplit:  # noqa: ANN401 - a row of lines
    """A line's share of each component, less what was returned where `minus` is its prefix."""
    values = {
        name: getattr(row, name) - (getattr(row, minus + name) if minus else 0)
        for name in COMPONENTS
    }
    person = values["total"] - values["fund"]
    return LineSplit(code=row.code, person=person, **values)


def _line(n: int, priced: Priced, part: LineSplit) -> dict[str, Any]:
    names = {"zh": priced.item.names.zh, "en": priced.item.names.en}
    return {
        "n": n,
        "code": priced.item.code,
        "names": names,
        "category": priced.item.category.value,
        "quantity": priced.quantity,
        "unit_price": priced.unit_price,
        **{name: getattr(part, name) for name in SPLIT_FIELDS},
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "code": step.code.value,
        "numbers": dict(step.numbers),
        "line": step.line,
        "item": step.item,
        "rule": step.rule,
    }


def _read(step: Mapping[str, Any]) -> Step:
    return Step(
        code=StepCode(step["code"]),
        numbers=step["numbers"],
        line=step["line"],
        item=step["item"],
        rule=step["rule"],
    )
