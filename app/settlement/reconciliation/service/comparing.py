"""Where a merchant's day and ours differ: pure arithmetic over two lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.settlement.reconciliation.service.lines import NOTHING, Figures, Line, OurLine
from app.settlement.reconciliation.states import DifferenceClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One difference in the details."""

    kind: DifferenceClass
    name: str
    """What it is called by: `settlement:<msgid>`, or the id where there is no msgid."""
    of: str
    """settlement or refund."""
    about: str
    msgid: str | None
    """Of the request that made it, where it is known."""
    theirs: Figures | None
    ours: Figures | None
    amounts: Mapping[str, int]
    """Theirs less ours, by component; never empty."""


@dataclass(kw_only=True)
class Comparison:
    """What two lists have in common and what not."""

    differences: list[Differing] = field(default_factory=list)
    equal: list[str] = field(default_factory=list)
    """Names of what both have, on this day, with the same figures."""


class Ours:
    """Our lines, found as a merchant names them."""

    def __init__(self, lines: Iterable[OurLine]) -> None:
        """Index them; the merchant's day, and whatever else the merchant's lines name."""
        self.lines = list(lines)
        self._by_msgid = {(line.kind, line.msgid): line for line in self.lines}
        self._by_id = {(line.kind, line.id): line for line in self.lines}

    def find(self, line: Line) -> OurLine | None:
        """Ours, unless what the merchant says about it contradicts itself."""
        if line.msgid is None:
            return self._by_id.get((line.kind, line.id))
        found = self._by_msgid.get((line.kind, line.msgid))
        if found is None:
            return None
        agrees = line.id in (None, found.id) and line.settlement_id in (None, found.settlement_id)
        return found if agrees else None

    def name(self, line: Line) -> str:
        """What a line is called by; one that contradicts itself is called neither by ours."""
        found = self.find(line)
        if found is not None:
            return found.name
        taken = (line.kind, line.msgid) in self._by_msgid
        return f"{line.name}:{line.id or line.settlement_id}" if taken else line.name


def compare(theirs: Sequence[Line], ours: Ours, day: date) -> Comparison:
    """Compare a day.

    1. A line that names what another line named before is a duplicate.
    2. One we do not have, or have voided, is missing here.
    3. One we have on another day, or that still waits for its cash, is late.
    4. One with other figures differs in amount; the rest is equal.
    5. What we have on this day and they did not name is missing there; within minutes of midnight
       it is late, since their clock may have put it on the other day.
    """
    found, named = Comparison(), Counter[str]()
    for line in theirs:
        mine, name = ours.find(line), ours.name(line)
        named[name] += 1
        if named[name] > 1:  # 1
            again = f"{name}:{named[name]}"
            found.differences.extend(_one_sided(DifferenceClass.DUPLICATE, again, line, mine))
        else:
            _judge(found, name, line, mine, day)  # 2 to 4
    for one in ours.lines:
        if one.day == day and one.name not in named:  # 5
            kind = DifferenceClass.LATE if one.edge else DifferenceClass.MISSING_THERE
            found.differences.append(
                Differing(
                    kind=kind,
                    name=one.name,
                    of=one.kind,
                    about=str(one.id),
                    msgid=one.msgid,
                    theirs=None,
                    ours=one.figures,
                    amounts=NOTHING.less(one.figures),
                )
            )
    return found


def _judge(found: Comparison, name: str, line: Line, mine: OurLine | None, day: date) -> None:
    if mine is None or (mine.day is None and not mine.open):
        found.differences.extend(_one_sided(DifferenceClass.MISSING_HERE, name, line, mine))
    elif mine.day != day:
        found.differences.extend(_one_sided(DifferenceClass.LATE, name, line, mine))
    elif mine.figures != line.figures:
        found.differences.append(
            Differing(
                kind=DifferenceClass.AMOUNT,
                name=name,
                of=mine.kind,
                about=str(mine.id),
                msgid=mine.msgid,
                theirs=line.figures,
                ours=mine.figures,
                amounts=line.figures.less(mine.figures),
            )
        )
    else:
        found.equal.append(name)


def _one_sided(
    kind: DifferenceClass, name: str, line: Line, mine: OurLine | None
) -> Iterator[Differing]:
    """All of it differs on this day, whatever there is on another; nothing where it is nothing."""
    amounts = line.figures.less(None)
    if amounts:
        yield Differing(
            kind=kind,
            name=name,
            of=line.kind,
            about=str((mine or line).id or (mine or line).msgid),
            msgid=(mine or line).msgid,
            theirs=line.figures,
            ours=None if mine is None else mine.figures,
            amounts=amounts,
        )
