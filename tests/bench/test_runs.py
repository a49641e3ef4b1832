"""Sessions of a run: repeatable alone, continued where a run was cut short, summed up honestly."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.liveness.__main__ import _told
from bench.liveness.code import code_digest, digest_of
from bench.liveness.desk import Watch, _pieces
from bench.liveness.identities import Group
from bench.liveness.memory import Memory
from bench.liveness.orders import BANDS, GENUINE, RATIOS, Lab, orders
from bench.liveness.runner import _kept, _write, run
from bench.liveness.summary import lines, matching, summary
from sandbox.phone.chain import Sealed
from verify.defaults import DEFAULT_POLICY
from verify.defaults.presence import PRESENCE

LAB = Lab(portraits=Path("portraits"), mesh=Path("mesh"), faces=None)


def row(family: str, *, passed: bool, index: int = 0, **told: Any) -> dict[str, Any]:
    gate = None if passed else "gate"
    return {
        "key": f"reporting/full/{family}/{index}",
        "family": family,
        "passed": passed,
        "gate": gate,
        "band": "dark",
        "ratio": 0.1,
        "match": {},
        **told,
    }


def test_each_session_has_randomness_of_its_own_and_the_same_every_time() -> None:
    one, other = orders(["impostor"], count=2)
    draws = [order.rng(LAB).random() for order in (one, other, one)]
    assert draws[0] == draws[2] != draws[1]
    fitting = orders(["impostor"], count=1, group=Group.FITTING)[0]
    assert fitting.rng(LAB).random() != draws[0]


def test_genuine_sessions_are_spread_over_all_bands_and_ratios() -> None:
    cells = {(order.band, order.ratio) for order in orders([GENUINE], count=12)}
    assert len(cells) == len(BANDS) * len(RATIOS)


@pytest.mark.parametrize("people", [32, 24, 30])
def test_nobody_stands_in_the_worst_light_of_one_band_alone(people: int) -> None:
    """What is told of a band's skin would else be told of a few faces."""
    wanted = orders([GENUINE], count=12 * people)
    for band in BANDS:
        worst = [one for one in wanted if (one.band, one.ratio) == (band, min(RATIOS))]
        assert {one.person % people for one in worst} == set(range(people))


def test_a_finished_run_is_read_and_nothing_is_played(tmp_path: Path) -> None:
    wanted = orders(["impostor"], count=3)
    file = tmp_path / "rows.jsonl"
    mine = {"passed": False, "policy": DEFAULT_POLICY.version, "build": code_digest()}
    known = [{"key": order.key, **mine} for order in wanted]
    stranger = {"key": "of another run", **mine}
    file.write_text("\n".join(json.dumps(one) for one in (*known, stranger)) + "\n")
    assert list(run(LAB, wanted, file=file)) == known


def test_sessions_of_another_policy_or_other_code_do_not_count(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    mine = {"key": "a", "policy": DEFAULT_POLICY.version, "build": code_digest()}
    others = [mine | {"policy": "old"}, mine | {"build": "old"}, {"key": "a"}]
    file.write_text("\n".join(map(json.dumps, [mine, *others])))
    assert _kept(file) == [mine]


@pytest.mark.parametrize("left", range(1, 40, 6))
def test_a_run_cut_off_in_the_middle_of_a_line_loses_that_line_alone(
    tmp_path: Path, left: int
) -> None:
    file = tmp_path / "rows.jsonl"
    mine = {"policy": DEFAULT_POLICY.version, "build": code_digest()}
    rows = [{"key": name, **mine} for name in "abc"]
    for one in rows[:2]:
        _write(file, one)
    file.write_bytes(file.read_bytes()[:-left])
    _write(file, rows[2])
    assert _kept(file) == ([rows[0], rows[1], rows[2]] if left == 1 else [rows[0], rows[2]])


def test_any_change_to_a_file_of_code_is_other_code(tmp_path: Path) -> None:
    file = tmp_path / "verify" / "one.py"
    file.parent.mkdir()
    digests = []
    for content in ("a = 1\n", "a = 2\n", "a = 1\n"):
        file.write_text(content)
        digests.append(digest_of([file.parent]))
    file.rename(file.with_name("two.py"))
    digests.append(digest_of([file.parent]))
    assert digests[0] == digests[2]
    assert len(set(digests)) == 3


def test_a_run_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter((0.0, 40.0, 40.0, 50.0))
    monkeypatch.setattr("bench.liveness.__main__.time.monotonic", lambda: next(clock))
    list(_told(iter([{}, {}]), 10))
    assert capsys.readouterr().err == "1 of 10 sessions, 6 minutes to go\n"


@pytest.mark.parametrize(
    ("count", "sizes"), [(1, [1]), (23, [23]), (24, [12, 12]), (38, [12, 12, 14])]
)
def test_a_step_is_posted_in_parts_none_of_them_short(count: int, sizes: list[int]) -> None:
    frames = [Sealed(jpeg=b"", seq=at, t_ms=at, hash="") for at in range(count)]
    parts = _pieces(frames, 12)
    assert [len(part) for part, _ in parts] == sizes
    assert [final for _, final in parts] == [False] * (len(parts) - 1) + [True]
    assert [frame for part, _ in parts for frame in part] == frames
    assert _pieces(frames, 0) == [(frames, True)]


def test_a_file_of_another_session_is_known_and_one_s_own_is_not() -> None:
    memory = Memory()
    assert memory.seen_elsewhere("a", [b"one", b"two"]) is None
    assert memory.seen_elsewhere("a", [b"two", b"three"]) is None
    found = memory.seen_elsewhere("b", [b"four", b"three"])
    assert found is not None
    assert found.gate == "frame_replayed"


def test_a_session_that_looks_like_an_earlier_one_is_known() -> None:
    rng = np.random.default_rng(1)
    looks = [rng.bytes(32) for _ in range(10)]
    memory = Memory(looks={"old": looks, "new": looks[:8], "other": [rng.bytes(32)]})
    assert memory.repeated("new", PRESENCE) is not None
    assert memory.repeated("other", PRESENCE) is None
    assert memory.repeated("still", PRESENCE) is None


def test_the_phone_s_time_passes_only_while_it_waits() -> None:
    watch = Watch()
    before, ours = watch(), watch.server_ms()
    watch.sleep(1.5)
    assert watch() - before == pytest.approx(1.5, abs=0.001)
    assert watch.server_ms() - ours == pytest.approx(1500, abs=1)


def test_errors_are_refused_people_and_accepted_attacks() -> None:
    told = summary(
        [
            *(row(GENUINE, passed=passed) for passed in (True, True, False)),
            *(row("flat_print", passed=False) for _ in range(150)),
            row("paper_mask", passed=True),
        ]
    )
    assert (told["genuine"]["n"], told["genuine"]["rejected"]) == (3, 1)
    assert told["genuine"]["by_band"]["dark"]["rejected"] == 1
    flat, mask = told["families"]["flat_print"], told["families"]["paper_mask"]
    assert (flat["accepted"], flat["held_out"], flat["gates"]) == (0, False, {"gate": 150})
    assert flat["upper95"] == pytest.approx(0.0198, abs=1e-4)
    assert (mask["accepted"], mask["held_out"]) == (1, True)


def test_the_worst_family_leads_and_what_is_known_to_pass_says_so() -> None:
    rows = [row("flat_print", passed=False), row("relit_deepfake", passed=True)]
    text = lines(summary([row(GENUINE, passed=True), *rows]))
    deepfake = next(line for line in text if "relit_deepfake" in line)
    assert "KNOWN TO PASS" in deepfake
    flat = next(line for line in text if "flat_print" in line)
    assert text.index(deepfake) < text.index(flat)


def test_the_match_is_told_apart_from_everything_else() -> None:
    same: dict[str, list[str]] = {"reasons": []}
    other = {"reasons": ["DIFFERENT_PERSON"]}
    told = matching(
        [
            row(GENUINE, passed=False, match=same),
            row(GENUINE, passed=False, match=other),
            row("impostor", passed=False, match=other),
            row("impostor", passed=False),
        ]
    )
    assert (told["non_matches"]["n"], told["non_matches"]["rejected"]) == (2, 1)
    assert (told["false_matches"]["n"], told["false_matches"]["accepted"]) == (1, 0)
