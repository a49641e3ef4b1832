import copy
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from verify.__main__ import main
from verify.calibration.proportion import Proportion
from verify.errors import FiguresRefused
from verify.reporting import figures, markdown
from verify.reporting.intervals import Bar, chart
from verify.reporting.publishing import publish

MEASURED: dict[str, Any] = {
    "genuine": {
        "n": 900,
        "rejected": 17,
        "upper95": 0.5,
        "by_ratio": {"0.05": {"n": 450, "rejected": 13}, "0.10": {"n": 450, "rejected": 4}},
        "by_band": {"light": {"n": 450, "rejected": 5}, "dark": {"n": 450, "rejected": 12}},
    },
    "families": {
        "flat_print": {"n": 300, "accepted": 0, "upper95": 0.5, "held_out": False},
        "bent_print": {"n": 300, "accepted": 2, "held_out": True},
        "relit_no_lag": {"n": 300, "accepted": 281, "held_out": True, "known_to_pass": True},
    },
    "protocol": {"mutations": 31_000, "accepted": 0},
    "light_code": {
        "wrong_codes": 30_000,
        "accepted": 3,
        "genuine_rejected_at_0.10": 0.004,
        "at_0.05": {"n": 1000, "rejected": 21},
    },
    "matching": {"threshold": 0.166, "pairs": {"genuine": 22}},
    "cpu_s_per_session": 0.41,
    "verdict_ms_p95": None,
    "machine": "two cores",
    "seed": 7,
}


def page(content: dict[str, Any]) -> str:
    plots = {"families": "f.svg", "bands": "b.svg"}
    return markdown.page(figures.read(content), title="Liveness", plots=plots)


def elements(svg: str, tag: str) -> list[ET.Element]:
    root = ET.fromstring(svg)  # noqa: S314 - our own picture
    return list(root.iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in elements(svg, "text")]


def test_the_page_says_simulated_before_any_figure() -> None:
    text = page(MEASURED)
    said = text.index("Simulated; no certified PAD level")
    assert said < re.search(r"\d", text).start()  # type: ignore[union-attr]


def test_the_worst_family_leads_and_what_is_known_to_pass_is_said() -> None:
    text = page(MEASURED)
    rows = [line for line in text.splitlines() if line.startswith("| ") and " of 300 |" in line]
    assert [row.split(" | ")[0] for row in rows] == [
        "| relit no lag",
        "| bent print",
        "| flat print",
    ]
    assert "Known to pass, worst: **relit no lag**, 281 of 300" in text
    assert "Worst family: **bent print**, 2 of 300" in text
    assert "without lag answers everything" in text


def test_bounds_are_worked_out_anew_from_the_counts() -> None:
    text = page(MEASURED)
    assert "| flat print | 0 of 300 | 0 % | 0.994 % | no |  |" in text
    assert "50 %" not in text


def test_the_rule_of_three_is_explained() -> None:
    assert "0 of 300 still allows 1 %" in page(MEASURED)


def test_shares_and_counts_of_the_light_code_are_both_understood() -> None:
    text = page(MEASURED)
    assert "| right code refused at screen/ambient 0.10 | — | 0.4 % | — |" in text
    assert "| right code refused at screen/ambient 0.05 | 21 of 1000 | 2.1 % |" in text


def test_what_was_not_measured_is_left_out() -> None:
    small = {key: MEASURED[key] for key in ("genuine", "families", "protocol")}
    text = page(small)
    assert "## Cost" not in text
    assert "## Matching" not in text
    assert "wrong light code" not in text


def test_bands_and_ratios_of_light_are_told_apart() -> None:
    text = page(MEASURED)
    assert "| skin dark | 12 of 450 | 2.67 % |" in text
    assert "| screen/ambient 0.05 | 13 of 450 | 2.89 % |" in text


def test_a_short_run_says_that_it_proves_little() -> None:
    assert "A short run" not in page(MEASURED)
    assert "A short run" in page({**MEASURED, "quick": True})


def test_a_family_nobody_tried_has_no_rate() -> None:
    untried = copy.deepcopy(MEASURED)
    untried["families"]["mask"] = {"n": 0, "accepted": 0}
    assert "| mask | 0 of 0 | — | — | no |  |" in page(untried)
    assert "not tried" in texts(markdown.families_chart(figures.read(untried)))


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("genuine",), None, "genuine"),
        (("genuine", "rejected"), 901, "genuine"),
        (("genuine", "n"), "900", "genuine"),
        (("genuine", "by_band"), [], "genuine.by_band"),
        (("genuine", "by_band", "dark"), 3, "genuine.by_band.dark"),
        (("families",), [], "families"),
        (("families", "flat_print", "accepted"), -1, "families.flat_print"),
        (("families", "flat_print", "accepted"), True, "families.flat_print"),
        (("families", "flat_print", "held_out"), "no", "families.flat_print"),
        (("protocol", "mutations"), None, "protocol"),
        (("light_code", "at_0.05"), "2 %", "light_code.at_0.05"),
        (("cpu_s_per_session",), True, "cpu_s_per_session"),
        (("cpu_s_per_session",), float("nan"), "cpu_s_per_session"),
    ],
)
def test_figures_of_the_wrong_sort_are_refused(
    path: tuple[str, ...], value: object, where: str
) -> None:
    content = copy.deepcopy(MEASURED)
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(FiguresRefused) as caught:
        figures.read(content)
    assert caught.value.where == where


def test_a_chart_shows_every_row_with_its_count_and_escapes_names() -> None:
    bars = [
        Bar(label="<b> & c", count=Proportion(errors=1, trials=300)),
        Bar(label="known", count=Proportion(errors=300, trials=300), marked=True),
        Bar(label="nearly all", count=Proportion(errors=296, trials=300), marked=True),
    ]
    svg = chart("Title", "sub", bars)
    assert "<b> & c" in texts(svg)
    assert "1 of 300, at most 1.57 %" in texts(svg)
    assert "300 of 300, at most 100 %" in texts(svg)
    assert "296 of 300, at most 99.5 %" in texts(svg)
    places = [float(dot.attrib["cx"]) for dot in elements(svg, "circle")]
    assert 250 < places[0] < places[1] == 650


def test_no_errors_are_drawn_at_the_left_edge() -> None:
    svg = chart("T", "s", [Bar(label="a", count=Proportion(errors=0, trials=300))])
    (dot,) = elements(svg, "circle")
    assert dot.attrib["cx"] == "250.0"


def test_pages_and_pictures_are_written_beside_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "liveness-full.json").write_text(json.dumps(MEASURED))
    (tmp_path / "liveness-code.json").write_text('{"wrong_codes": 3}')
    assert main(["report", "--figures", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["skipped"] == ["liveness-code.json"]
    text = (tmp_path / "liveness-full.md").read_text(encoding="utf-8")
    for name in told["written"]:
        assert (tmp_path / name).is_file()
        assert name == "liveness-full.md" or f"({name})" in text


def test_the_same_figures_give_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "liveness-full.json").write_text(json.dumps(MEASURED))
    first, second = tmp_path / "a", tmp_path / "b"
    for out in (first, second):
        publish(tmp_path, out)
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"n": 1}', "[]"])
def test_a_folder_without_figures_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    if text:
        (tmp_path / "liveness-full.json").write_text(text)
    assert main(["report", "--figures", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "FIGURES_BROKEN"


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "liveness-full.json").write_text(json.dumps(MEASURED))
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file" / "out")
    assert main(["report", "--figures", str(tmp_path), "--out", out]) == 2
    assert json.loads(capsys.readouterr().out) == {"error": "FILE_UNREADABLE"}
