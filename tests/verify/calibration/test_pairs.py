from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.calibration.synthetic import write_pairs
from verify.calibration.pairs import Pair, pictures, read_pairs
from verify.calibration.people import groups, persons
from verify.errors import SheetRefused
from verify.sheets import Columns, read_rows


def refusal(path: Path) -> tuple[str, int, str]:
    with pytest.raises(SheetRefused) as caught:
        read_pairs(path, root=path.parent)
    return caught.value.code, caught.value.row, caught.value.column


def pair(first: str, second: str, *, same: bool, group: str = "", row: int = 2) -> Pair:
    return Pair(row=row, first=first, second=second, same=same, group=group)


def test_columns_come_in_any_order_under_either_name(tmp_path: Path) -> None:
    expected = (pair("a.jpg", "b/c.jpg", same=True),)
    for header, line in (
        ("path_a,path_b,same", "a.jpg,b/c.jpg,1"),
        ("same,path1,path2", "1,a.jpg,b/c.jpg"),
        (" Same , PATH_B,path_a,group", "1, b/c.jpg ,a.jpg,"),
    ):
        path = write_pairs(tmp_path / "pairs.csv", line, header=header)
        assert read_pairs(path, root=tmp_path) == expected


def test_a_spreadsheet_s_byte_order_mark_and_blank_lines_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_bytes(b"\xef\xbb\xbfpath_a,path_b,same\r\n\r\na,b,0\r\n")
    (found,) = read_pairs(path, root=tmp_path)
    assert (found.row, found.same) == (3, False)


@pytest.mark.parametrize(
    "name", ["../x.jpg", "/etc/passwd", "a/../../x", "a/../b", "a\\b", "", "a\x00b"]
)
def test_no_picture_outside_the_root_is_ever_read(tmp_path: Path, name: str) -> None:
    path = write_pairs(tmp_path / "pairs.csv", "a,b,1,", f"{name},b,1,")
    assert refusal(path) == ("SHEET_ROW_WRONG", 3, "path_a")


def test_a_link_out_of_the_root_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.jpg").write_text("secret")
    (root / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    path = write_pairs(root / "pairs.csv", "a,link.jpg,1,")
    assert refusal(path) == ("SHEET_ROW_WRONG", 2, "path_b")


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("a,b,yes,", "same"),
        ("a,b,,", "same"),
        ("a,b,01,", "same"),
        ("a,a,1,", "path_b"),
        (f"a,b,1,{'g' * 41}", "group"),
        ("a,b,1,\x1b[31m", "group"),
        ("a,b,1", ""),
        ("a,b,1,g,more", ""),
        (f"{'a' * 1025},b,1,", ""),
        ('a,"b,1,', ""),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, line: str, column: str) -> None:
    path = write_pairs(tmp_path / "pairs.csv", line)
    code, row, where = refusal(path)
    assert (code, where) == ("SHEET_ROW_WRONG", column)
    assert row >= 2


@pytest.mark.parametrize(
    "header", ["path_a,path_b", "path_a,path_b,same,age", "path_a,path1,path_b,same", "x"]
)
def test_a_wrong_header_is_refused(tmp_path: Path, header: str) -> None:
    path = write_pairs(tmp_path / "pairs.csv", "a,b,1", header=header)
    assert refusal(path) == ("SHEET_HEADER_WRONG", 1, "")


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.csv")[0] == "SHEET_UNREADABLE"
    (tmp_path / "latin.csv").write_bytes(b"path_a,path_b,same\n\xff,b,1\n")
    assert refusal(tmp_path / "latin.csv")[0] == "SHEET_UNREADABLE"
    (tmp_path / "empty.csv").write_bytes(b"")
    assert refusal(tmp_path / "empty.csv")[0] == "SHEET_HEADER_WRONG"
    assert refusal(write_pairs(tmp_path / "bare.csv"))[0] == "SHEET_EMPTY"


def test_a_table_has_no_more_rows_than_it_may(tmp_path: Path) -> None:
    path = write_pairs(tmp_path / "t.csv", "1", "2", "3", header="x")
    columns = Columns(required=frozenset({"x"}))
    assert len(list(read_rows(path, columns, max_rows=3))) == 3
    with pytest.raises(SheetRefused, match="SHEET_TOO_LARGE"):
        list(read_rows(path, columns, max_rows=2))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, b: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"path_a,path_b,same\n" + b)
    try:
        found = read_pairs(path, root=path.parent)
    except SheetRefused:
        return
    assert all(one.first and one.second for one in found)


def test_pictures_linked_over_others_show_one_person() -> None:
    pairs = [
        pair("a", "b", same=True),
        pair("c", "d", same=True),
        pair("b", "c", same=True),
        pair("a", "e", same=False),
    ]
    found = persons(pairs)
    assert found["a"] == found["d"] != found["e"]
    assert pictures(pairs) == ("a", "b", "c", "d", "e")


def test_a_list_that_contradicts_itself_is_refused() -> None:
    pairs = [
        pair("a", "b", same=True),
        pair("b", "c", same=True),
        pair("a", "c", same=False, row=4),
    ]
    with pytest.raises(SheetRefused, match="SHEET_CONTRADICTORY") as caught:
        persons(pairs)
    assert caught.value.row == 4


def test_a_picture_belongs_to_a_group_if_no_line_disagrees() -> None:
    found = groups(
        [
            pair("a", "b", same=True, group="old"),
            pair("b", "c", same=False, group="young"),
            pair("d", "a", same=False),
        ]
    )
    assert found == {"a": "old", "b": "", "c": "young", "d": ""}
