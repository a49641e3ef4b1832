"""A test with volunteers as text for a person and as JSON for a program."""

from collections.abc import Iterator, Sequence

from verify.reporting.tally import FieldTest, Tally


def text(test: FieldTest) -> str:
    """Return what a person reads."""
    return "\n".join(_lines(test)) + "\n"


def public(test: FieldTest) -> dict[str, object]:
    """Return the same for JSON."""
    return {
        "persons": test.persons,
        "sessions": test.sessions,
        "genuine": _plain(test.genuine),
        "genuine_by": {
            name: [_plain(one) for one in tallies] for name, tallies in test.genuine_by.items()
        },
        "families": [_plain(one) for one in test.families],
        "families_by_band": [_plain(one) for one in test.families_by_band],
        "retry_codes": dict(test.codes),
        "crowded": _crowded(test),
    }


def _lines(test: FieldTest) -> Iterator[str]:
    yield f"{test.persons} persons, {test.sessions} sessions"
    yield ""
    yield "Attacks that passed (APCER), the worst family first"
    yield from _rows(test.families)
    yield ""
    yield "Attacks that passed by family and band"
    yield from _rows(test.families_by_band)
    yield ""
    yield "Genuine people who were refused (BPCER)"
    yield from _rows([test.genuine])
    for name, tallies in test.genuine_by.items():
        yield f"by {name}"
        yield from _rows(tallies)
    if test.codes:
        told = ", ".join(f"{code} {count}" for code, count in sorted(test.codes.items()))
        yield f"genuine people were told: {told}"
    yield ""
    yield from _limits(test)


def _rows(tallies: Sequence[Tally]) -> Iterator[str]:
    if not tallies:
        yield "  none"
    for one in tallies:
        yield f"  {one.label}: {one.sessions}; uncertain {one.uncertain}; {one.verdict}"
        if one.crowded:
            yield f"      by person: {one.persons}"


def _limits(test: FieldTest) -> Iterator[str]:
    yield "Bounds are exact, one-sided, 95 %. Attacks that were not tried have no rate at all."
    if _crowded(test):
        yield "Persons have several sessions each, and those resemble each other: the bounds by"
        yield "session are optimistic. Those by person are the ones to quote."


def _crowded(test: FieldTest) -> bool:
    return any(one.crowded for one in (test.genuine, *test.families))


def _plain(tally: Tally) -> dict[str, object]:
    return {
        "label": tally.label,
        "sessions": tally.sessions.public(),
        "persons": tally.persons.public(),
        "uncertain": tally.uncertain,
        "goal": tally.goal,
        "needs": tally.needs,
        "verdict": tally.verdict,
    }
