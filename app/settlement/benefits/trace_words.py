"""The steps of a split in both languages: a table, so that no code goes without."""

from __future__ import annotations

from typing import Final, Literal

from app.settlement.benefits.trace import Step, StepCode

Language = Literal["zh", "en"]
BilingualName = tuple[str, str]
"""Simplified Chinese, English."""

STEPS: Final[dict[StepCode, BilingualName]] = {
    StepCode.RULE: ("按待遇规则 {rule} 计算。", "By benefit rule {rule}."),
    StepCode.OWN: (
        "第 {line} 行 {item}：丙类，{own} 元全部自费。",
        "Line {line}, {item}: class C, {own} yuan are your own.",
    ),
    StepCode.OVER: (
        "第 {line} 行 {item}：金额 {amount} 元，限价 {limit} 元，超限价 {over} 元。",
        "Line {line}, {item}: {amount} yuan, limit {limit} yuan, {over} yuan above it.",
    ),
    StepCode.SELF_FIRST: (
        "第 {line} 行 {item}：乙类，{covered} 元的 {ratio_bp} 先行自付，计 {self_first} 元。",
        "Line {line}, {item}: class B, {ratio_bp} of {covered} yuan paid first: {self_first} yuan.",
    ),
    StepCode.SCOPE: (
        "第 {line} 行 {item}：金额 {amount} 元，范围内 {in_scope} 元。",
        "Line {line}, {item}: of {amount} yuan {in_scope} yuan are in scope.",
    ),
    StepCode.SUM: (
        "合计 {total} 元：自费 {own}，超限价 {over}，先行自付 {self_first}，范围内 {in_scope}。",
        "In all {total} yuan: own {own}, over {over}, paid first {self_first}, scope {in_scope}.",
    ),
    StepCode.DEDUCTIBLE: (
        "起付线尚余 {left} 元，范围内 {in_scope} 元，本次计入起付线 {deductible} 元。",
        "Deductible left {left} yuan, in scope {in_scope} yuan: {deductible} yuan fall below it.",
    ),
    StepCode.BAND: (
        "其中 {part} 元按 {ratio_bp} 支付。",
        "Of this, {part} yuan are paid at {ratio_bp}.",
    ),
    StepCode.FUND: (
        "起付线以上 {beyond} 元，统筹基金应支付 {fund} 元。",
        "Beyond the deductible {beyond} yuan: the fund's share is {fund} yuan.",
    ),
    StepCode.CAP: (
        "封顶线尚余 {left} 元，统筹基金支付由 {by_bands} 元减为 {fund} 元。",
        "Cap left {left} yuan: the fund pays {fund} yuan instead of {by_bands} yuan.",
    ),
    StepCode.PERSON: (
        "总额 {total} 元减统筹基金 {fund} 元，个人负担 {person} 元。",
        "{total} yuan less {fund} yuan of the fund: your part is {person} yuan.",
    ),
    StepCode.ACCOUNT: (
        "个人账户可用 {available} 元，支付 {paid} 元。",
        "Own account: {available} yuan available, {paid} yuan paid.",
    ),
    StepCode.MUTUAL: (
        "家庭共济可用 {available} 元，支付 {paid} 元。",
        "Mutual aid: {available} yuan available, {paid} yuan paid.",
    ),
    StepCode.CASH: ("现金支付 {cash} 元。", "In cash {cash} yuan."),
}


def sentence(step: Step, language: Language) -> str:
    """Return a step as one sentence; fen as yuan with two places, basis points as per cent."""
    words = STEPS[step.code][0 if language == "zh" else 1]
    numbers = {
        name: per_cent(value) if name.endswith("_bp") else yuan(value)
        for name, value in step.numbers.items()
    }
    return words.format(line=step.line, item=step.item, rule=step.rule, **numbers)


def yuan(fen: int) -> str:
    """Write fen as yuan, such as 12.05; whole numbers only, so nothing is rounded."""
    return f"{fen // 100}.{fen % 100:02d}"


def per_cent(basis_points: int) -> str:
    """Write basis points as per cent without idle zeros: 1000 as 10%, 825 as 8.25%."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
