"""What many sessions prove, family by family."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.liveness.orders import GENUINE
from bench.liveness.statistics import Rate
from sandbox.phone.attacks.families import FAMILIES

Row = Mapping[str, Any]
Summary = dict[str, Any]


def summary(rows: Sequence[Row]) -> Summary:
    """Return the JSON part that tells of played sessions: `genuine` and `families`.

    An error is a genuine session refused, or an attack accepted.
    """
    genuine = [row for row in rows if row["family"] == GENUINE]
    families: Summary = {}
    for family in FAMILIES:
        played = [row for row in rows if row["family"] == family.name]
        if played:
            families[family.name] = {
                **_errors(played, "accepted"),
                "held_out": family.held_out,
                "known_to_pass": family.known_to_pass,
                "gates": _gates(played),
            }
    return {
        "genuine": {
            **_errors(genuine, "rejected"),
            "by_band": _split(genuine, lambda row: str(row["band"])),
            "by_ratio": _split(genuine, lambda row: f"{row['ratio']:.2f}"),
            "gates": _gates(genuine),
        },
        "families": families,
    }


def matching(rows: Sequence[Row]) -> Summary:
    """Return how the match alone fared in sessions that were judged to their end."""
    judged = [row for row in rows if row["match"]]
    genuine = [row for row in judged if row["family"] == GENUINE]
    others = [row for row in judged if row["family"] == "impostor"]
    return {
        "non_matches": _errors([_as_match(row) for row in genuine], "rejected"),
        "false_matches": _errors([_as_match(row) for row in others], "accepted"),
    }


def lines(told: Summary) -> list[str]:
    """Return the same for people, the worst family first."""
    genuine = told["genuine"]
    text = ["Genuine sessions refused (simulated; no certified PAD level)"]
    text.append(_line("all", genuine, "rejected"))
    text += [_line(f"skin {name}", part, "rejected") for name, part in genuine["by_band"].items()]
    text += [_line(f"ratio {name}", part, "rejected") for name, part in genuine["by_ratio"].items()]
    text.append(f"    by gate: {genuine['gates']}")
    text.append("Attacks accepted (simulated; no certified PAD level)")
    ranked = sorted(told["families"].items(), key=lambda item: -_share(item[1]))
    for name, part in ranked:
        marks = " held out" * part["held_out"] + " KNOWN TO PASS" * part["known_to_pass"]
        text.append(_line(name, part, "accepted") + marks)
        text.append(f"    by gate: {part['gates']}")
    return text


def _as_match(row: Row) -> Row:
    return {"passed": not row["match"]["reasons"]}


def _errors(rows: Sequence[Row], name: str) -> Summary:
    wrong = sum(row["passed"] is (name == "accepted") for row in rows)
    rate = Rate.of(wrong, len(rows))
    return {
        "n": len(rows),
        name: wrong,
        "low": round(rate.low, 5),
        "high": round(rate.high, 5),
        "upper95": round(rate.upper95, 5),
    }


def _split(rows: Sequence[Row], part_of: Callable[[Row], str]) -> Summary:
    names = sorted({part_of(row) for row in rows})
    return {
        name: _errors([row for row in rows if part_of(row) == name], "rejected") for name in names
    }


def _gates(rows: Sequence[Row]) -> dict[str, int]:
    """Return what stopped sessions, the most frequent first."""
    return dict(Counter(row["gate"] for row in rows if row["gate"] is not None).most_common())


def _share(part: Summary) -> float:
    return float(part["accepted"] / part["n"])


def _line(name: str, part: Summary, error: str) -> str:
    return f"  {name:<22} {Rate.of(part[error], part['n'])}"
