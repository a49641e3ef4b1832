"""The published page of one run of the liveness benchmark. The worst family leads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from verify.calibration.proportion import Proportion
from verify.reporting.figures import Family, Figures
from verify.reporting.intervals import Bar, chart

WORDING: Final = "simulated; no certified PAD level"
"""Stands above every figure."""
_COST: Final = {
    "frames_per_session": "frames of a session, mean",
    "described_per_session": "faces described of them, mean",
    "cpu_s_per_session": "processor time of a session, s",
    "cpu_s_per_90_frames": "the same for 90 of its frames, s",
    "customary_s_per_90_frames": "`face_recognition` alone (HOG, encode, compare), the same 90, s",
    "verdict_ms_p95": "last frame → verdict, 95th percentile, ms",
    "sessions_per_s": "sessions a second",
    "rss_mb": "memory of a worker, MB",
}


def page(figures: Figures, *, title: str, plots: Mapping[str, str]) -> str:
    """Return the page.

    Args:
        figures: One run.
        title: Its heading.
        plots: "families" and "bands" → address of the picture.
    """
    blocks = (
        _head(figures, title),
        _families(figures, plots),
        _known(figures),
        _genuine(figures, plots),
        _gates(figures),
        _matching(figures),
        _cost(figures),
        _reading(figures),
    )
    return "\n\n".join(line for block in blocks for line in block) + "\n"


def families_chart(figures: Figures) -> str:
    """Return the picture of all families, the worst first; known ones in red."""
    bars = [
        Bar(label=_name(one), count=one.accepted, marked=one.known_to_pass)
        for one in figures.families
    ]
    return chart("Accepted attacks by family", f"{WORDING}; red: known to pass", bars)


def bands_chart(figures: Figures) -> str:
    """Return the picture of genuine sessions that did not pass."""
    bars = [Bar(label="all", count=figures.genuine)]
    bars += [Bar(label=name, count=count) for name, count in figures.bands.items()]
    return chart("Genuine sessions that did not pass", f"{WORDING}; by skin band", bars)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def counted(count: Proportion) -> tuple[str, str, str]:
    """Return count, share and upper bound as cells."""
    if count.rate is None:
        return ("0 of 0", "—", "—")
    observed, bound = (f"{100 * share:.3g} %" for share in (count.rate, count.upper95))
    return (f"{count.errors} of {count.trials}", observed, bound)


def _head(figures: Figures, title: str) -> Iterator[str]:
    yield f"# {title}"
    yield f"**{WORDING[0].upper()}{WORDING[1:]}.** Nobody outside has tested this system."
    if figures.short:
        yield "**A short run, made to see that everything works: it proves little.**"
    for known, lead in ((True, "Known to pass, worst"), (False, "Worst family")):
        found = [one for one in figures.families if one.known_to_pass is known]
        if found:
            count, share, bound = counted(found[0].accepted)
            yield f"{lead}: **{_name(found[0])}**, {count} accepted ({share}, at most {bound})."
    count, share, bound = counted(figures.genuine)
    yield f"Genuine sessions that did not pass: {count} ({share}, at most {bound})."


def _families(figures: Figures, plots: Mapping[str, str]) -> Iterator[str]:
    yield "## Attacks (APCER of each family, the worst first)"
    rows = [
        (_name(one), *counted(one.accepted), "yes" if one.held_out else "no", _note(one))
        for one in figures.families
    ]
    yield table(("family", "accepted", "share", "95 % upper bound", "held out", ""), rows)
    yield f"![Accepted attacks by family]({plots['families']})"
    yield (
        "Held out: the family took no part in fitting the weights. "
        "No person of these rows did either."
    )


def _known(figures: Figures) -> Iterator[str]:
    yield "## Known to pass"
    measured = [_name(one) for one in figures.families if one.known_to_pass]
    if measured:
        yield f"Measured above and not caught by design: {', '.join(measured)}."
    yield (
        "A deepfake that is relit in real time and injected without lag answers everything this "
        "system asks. A mask that fits a face is not caught, and twins match each other. "
        "Against these help an attested app, and a person at a counter."
    )


def _genuine(figures: Figures, plots: Mapping[str, str]) -> Iterator[str]:
    yield "## Genuine people (BPCER)"
    rows = [("all", *counted(figures.genuine))]
    rows += [(f"skin {name}", *counted(count)) for name, count in figures.bands.items()]
    rows += [(f"screen/ambient {name}", *counted(one)) for name, one in figures.ratios.items()]
    yield table(("people", "did not pass", "share", "95 % upper bound"), rows)
    yield f"![Genuine sessions that did not pass]({plots['bands']})"


def _gates(figures: Figures) -> Iterator[str]:
    yield "## Protocol and light code"
    rows = [("mutated session accepted", *counted(figures.protocol))]
    code = figures.light_code
    if code is not None:
        rows.append(("wrong light code accepted", *counted(code.wrong_accepted)))
        for ratio, refused in code.genuine_rejected.items():
            label = f"right code refused at screen/ambient {ratio}"
            cells = counted(refused) if isinstance(refused, Proportion) else _share(refused)
            rows.append((label, *cells))
    yield table(("", "count", "share", "95 % upper bound"), rows)


def _matching(figures: Figures) -> Iterator[str]:
    rows = list(_leaves("", figures.matching))
    if rows:
        yield "## Matching"
        yield table(("figure", "value"), rows)


def _cost(figures: Figures) -> Iterator[str]:
    if figures.cost:
        yield "## Cost"
        rows = [(_COST.get(name, name), f"{value:.3g}") for name, value in figures.cost.items()]
        yield table(("", "measured"), rows)


def _reading(figures: Figures) -> Iterator[str]:
    yield "## How to read this"
    yield (
        "Shares are counts on rendered faces, not on people. Every bound is exact (Clopper and "
        "Pearson) and one-sided: with 95 % confidence the true share *on this material* is not "
        "above it. The rule of three: no error in n tries proves no more than 3 / n; 0 of 300 "
        "still allows 1 %. Sessions of one rendered person resemble each other, so the number of "
        "identities limits what the bounds mean. The terms APCER and BPCER are those of "
        "ISO/IEC 30107-3; no test after that standard was made."
    )
    for name, told in figures.origin.items():
        yield f"{name.capitalize()}: `{told.replace('`', ' ')}`"


def _name(family: Family) -> str:
    return family.name.replace("_", " ")


def _note(family: Family) -> str:
    return "known to pass" if family.known_to_pass else ""


def _share(share: float) -> tuple[str, str, str]:
    return ("—", f"{100 * share:.3g} %", "—")


def _leaves(prefix: str, value: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, item in value.items():
        label = f"{prefix}{name}".replace("_", " ")
        if isinstance(item, Mapping):
            yield from _leaves(f"{label}: ", item)
        else:
            yield label, f"{item:.4g}" if isinstance(item, float) else str(item)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
