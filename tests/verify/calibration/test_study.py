from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.verify.calibration.synthetic import describe, write_pairs, write_people
from verify.calibration import document, page
from verify.calibration.study import Study, conduct
from verify.defaults import DEFAULT_POLICY
from verify.errors import PolicyFileRefused, RateRefused, SheetRefused
from verify.policy import file
from verify.results import Embedding


def study(sheet: Path, *, cross: bool = False, describing: Any = describe) -> Study:
    return conduct(
        sheet,
        root=sheet.parent,
        cross=cross,
        in_force=0.166,
        max_bytes=100,
        describe=describing,
    )


def people_sheet(folder: Path, *, persons: int, group: str = "") -> Path:
    """Every person's two pictures as a pair, and one pair of two persons."""
    names = write_people(folder, persons=persons)
    genuine = [f"{a},{b},1,{group}" for a, b in names]
    return write_pairs(folder / "pairs.csv", *genuine, f"{names[0][0]},{names[1][0]},0,{group}")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """90 persons: 15,000 cross pairs and more, which supports 1e-2 and 1e-3 and no less."""
    return study(people_sheet(tmp_path_factory.mktemp("people"), persons=90), cross=True)


def test_every_picture_is_looked_at_once(tmp_path: Path) -> None:
    names = [name for one in write_people(tmp_path, persons=6) for name in one]
    lines = [f"{a},{b},{int(a[:2] == b[:2])}," for a, b in combinations(names, 2)]
    seen: Counter[bytes] = Counter()

    def counting(content: bytes) -> Embedding:
        seen[content] += 1
        return describe(content)

    found = study(write_pairs(tmp_path / "pairs.csv", *lines), describing=counting)
    assert set(seen.values()) == {1}
    assert len(seen) == found.pictures == 12
    assert (len(found.scores.genuine.values), len(found.scores.impostor.values)) == (6, 60)


def test_listed_and_crossed_pairs_give_the_same_scores(tmp_path: Path) -> None:
    names = [name for one in write_people(tmp_path, persons=5) for name in one]
    lines = [f"{a},{b},{int(a[:2] == b[:2])}," for a, b in combinations(names, 2)]
    sheet = write_pairs(tmp_path / "pairs.csv", *lines)
    one, other = study(sheet), study(sheet, cross=True)
    listed, crossed = (sorted(found.scores.impostor.values) for found in (one, other))
    assert listed == pytest.approx(crossed)
    assert one.statements == other.statements
    assert (one.scores.persons, other.scores.persons) == (5, 5)


def test_unusable_pictures_are_counted_by_row_and_left_out(tmp_path: Path) -> None:
    write_people(tmp_path, persons=2)
    (tmp_path / "wall.jpg").write_bytes(b"wall")
    sheet = write_pairs(
        tmp_path / "pairs.csv",
        "p0/0.jpg,p0/1.jpg,1,",
        "p0/0.jpg,wall.jpg,0,",
        "absent.jpg,wall.jpg,0,",
        "p0/0.jpg,p1/0.jpg,0,",
    )
    found = study(sheet)
    assert [(one.row, one.column, one.reason) for one in found.unusable] == [
        (3, "path_b", "NO_FACE"),
        (4, "path_a", "FILE_UNREADABLE"),
        (4, "path_b", "NO_FACE"),
    ]
    assert (found.pictures, found.scores.persons) == (3, 2)
    printed = page.text(found)
    assert "left out: 1 FILE_UNREADABLE, 2 NO_FACE" in printed
    assert "row 4 path_a: FILE_UNREADABLE" in printed


def test_only_some_of_many_unusable_rows_are_named(tmp_path: Path) -> None:
    write_people(tmp_path, persons=1)
    lines = [f"p0/0.jpg,absent{n}.jpg,0," for n in range(50)]
    found = study(write_pairs(tmp_path / "pairs.csv", "p0/0.jpg,p0/1.jpg,1,", *lines))
    printed = page.text(found)
    assert printed.count("FILE_UNREADABLE") == 21
    assert "and 30 more" in printed


def test_a_list_without_one_usable_pair_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wall.jpg").write_bytes(b"wall")
    sheet = write_pairs(tmp_path / "pairs.csv", "wall.jpg,absent.jpg,0,")
    with pytest.raises(SheetRefused, match="SHEET_EMPTY"):
        study(sheet)


def test_what_the_pairs_cannot_support_is_not_stated(large: Study) -> None:
    printed = page.text(large)
    impostors = len(large.scores.impostor.values)
    assert impostors == 180 * 179 // 2 - 90
    assert f"1e-04: not supported: needs 30000 pairs of two persons, not {impostors}" in printed
    told = page.public(large)["thresholds"]
    assert isinstance(told, list)
    assert [one["supported"] for one in told] == [True, True, False, False]
    assert "threshold" not in told[2]


def test_the_table_shows_the_threshold_in_force(large: Study) -> None:
    shown = [point.threshold for point in large.table]
    assert 0.166 in shown
    assert shown == sorted(shown)


def test_the_policy_file_loads_and_claims_no_unsupported_anchor(
    large: Study, tmp_path: Path
) -> None:
    content = document.compose(
        large, name="city-1", rate=1e-3, base=DEFAULT_POLICY, source={"date": "2026-11-25"}
    )
    path = tmp_path / "policy.json"
    version = document.write(path, content, base=DEFAULT_POLICY)
    policy = file.load(path, base=DEFAULT_POLICY)
    assert policy.version == version != DEFAULT_POLICY.version
    assert [mark for mark, _ in policy.match.anchors] == [60, 80]
    assert policy.match.each <= policy.match.same == policy.match.among
    assert policy.motion == DEFAULT_POLICY.motion
    assert list(tmp_path.iterdir()) == [path]


def test_a_policy_is_never_looser_than_the_shipped_floor(large: Study) -> None:
    content: Any = document.compose(large, name="city-1", rate=1e-3, base=DEFAULT_POLICY, source={})
    measured = large.statement(1e-3).point
    assert measured is not None
    floor = file.loosest(DEFAULT_POLICY.match)
    assert content["match"]["same"] == max(floor, measured.threshold)
    assert content["source"]["raised_to_floor"] is (measured.threshold < floor)


def test_no_policy_is_written_for_a_rate_without_support(large: Study) -> None:
    with pytest.raises(RateRefused) as caught:
        document.compose(large, name="city-1", rate=1e-4, base=DEFAULT_POLICY, source={})
    assert caught.value.needs == 30_000


def test_a_policy_that_would_not_load_is_not_left_behind(large: Study, tmp_path: Path) -> None:
    content = document.compose(large, name="no spaces", rate=1e-3, base=DEFAULT_POLICY, source={})
    with pytest.raises(PolicyFileRefused, match="POLICY_VALUE_WRONG"):
        document.write(tmp_path / "policy.json", content, base=DEFAULT_POLICY)
    assert list(tmp_path.iterdir()) == []


def test_groups_are_shown_by_the_worst(tmp_path: Path) -> None:
    found = study(people_sheet(tmp_path, persons=20, group="old"), cross=True)
    assert "worst group old: FMR" in page.text(found)
    told: Any = page.public(found)["thresholds"]
    assert told[0]["worst_group"]["group"] == "old"
