"""What a cashier types and reads."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.terminal.advice import ADVICE, advice
from sandbox.terminal.money import NotAnItemError, fen, line, yuan
from sandbox.terminal.picture import UnreadablePictureError, painted
from sandbox.terminal.scanner import scan_file, scan_image
from sandbox.terminal.table import columns, split_table
from tests.sandbox.fake_api import CODE


def png(text: str, *, noise: int = 0) -> bytes:
    """A photograph of a code: larger, turned a little, and with noise."""
    grey = painted(segno.make(text, micro=False).svg_inline(scale=8, border=4))
    turn = cv2.getRotationMatrix2D((grey.shape[1] / 2, grey.shape[0] / 2), 7, 0.8)
    turned = cv2.warpAffine(grey, turn, grey.shape[::-1], borderValue=(200,))
    rough = np.random.default_rng(1).normal(0, noise, turned.shape) + turned
    return cv2.imencode(".png", np.clip(rough, 0, 255).astype(np.uint8))[1].tobytes()


@given(st.integers(min_value=0, max_value=10**9 - 1))
def test_yuan_that_are_written_are_read_again(amount: int) -> None:
    assert fen(yuan(amount)) == amount


@settings(max_examples=50)
@given(
    st.text(max_size=20) | st.from_regex(r"[A-Z0-9]{1,9}[x*][0-9]{1,5}@[0-9.]{1,5}", fullmatch=True)
)
def test_no_text_is_read_as_another_line(text: str) -> None:
    try:
        read = line(text)
    except NotAnItemError:
        return
    name = read.get("code") or read["barcode"]
    rest, _, price = text.removeprefix(name).partition("@")
    assert fen(price) == read["unit_price_fen"]
    assert int(rest[1:] or 1) == read["quantity"] > 0


def test_a_line_is_a_code_or_a_barcode() -> None:
    assert line("Z0103@12.5") == {"code": "Z0103", "quantity": 1, "unit_price_fen": 1250}
    assert line("6901234567892x3@0.07") == {
        "barcode": "6901234567892",
        "quantity": 3,
        "unit_price_fen": 7,
    }
    for text in (
        "",
        "Z0103",
        "Z0103@",
        "@1",
        "Z0103x@1",
        "z@1",
        "Z0103@1.001",
        "Z0103@-1",
        "Z0103x0@1",
    ):
        with pytest.raises(NotAnItemError):
            line(text)


def test_every_action_has_advice_and_an_unknown_one_is_the_operators() -> None:
    assert set(ADVICE) == {"RESCAN", "RETRY", "QUERY", "CANCEL", "CONTACT"}
    assert advice("") == advice("NEW_ONE") == ADVICE["CONTACT"]


def test_chinese_names_keep_the_columns_straight() -> None:
    assert columns([["1", "阿莫西林", "12"], ["2", "abc", "3"]]) == (
        "1  阿莫西林  12\n2  abc        3"
    )


def test_a_split_shows_every_figure_and_who_pays() -> None:
    figures = dict.fromkeys(("total", "own", "over", "self_first", "in_scope"), 1234)
    figures |= {"deductible": 0, "fund": 234, "account": 900, "mutual": 0, "cash": 100}
    one = {"n": 1, "names": {"zh": "药", "en": "pills"}, "quantity": 2, "unit_price": 617}
    table = split_table({"lines": [{**one, **figures}], "split": figures}, "en")
    assert "pills" in table
    assert "药" in split_table({"lines": [{**one, **figures}], "split": figures}, "zh-CN")
    payers = dict(row.rsplit(maxsplit=1) for row in table.split("\n\n")[1].splitlines())
    assert {name.strip(): value for name, value in payers.items()} == {
        "insurance pays": "2.34",
        "own account pays": "9.00",
        "CASH": "1.00",
    }


def test_a_camera_reads_a_code_that_is_turned_and_noisy(tmp_path: Path) -> None:
    (tmp_path / "code.png").write_bytes(png(CODE, noise=12))
    assert scan_file(tmp_path / "code.png") == CODE


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"no picture", bytes(17 << 20)])
def test_what_is_no_picture_is_refused_in_one_way(data: bytes) -> None:
    with pytest.raises(UnreadablePictureError):
        scan_image(data)
