"""Every refusal that docs/pharmacy.md lists reaches the cashier: its code, words and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.terminal.__main__ import main
from sandbox.terminal.advice import ADVICE
from tests.sandbox.fake_api import CODE, FakeApi, problem

PAGE = (Path(__file__).parents[3] / "docs" / "pharmacy.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in PAGE.partition("| At | Code |")[2].partition("<!-- end")[0].splitlines()[2:]
]
LANGUAGES = {"en": 4, "zh-CN": 5}


@pytest.fixture
def folder(api: FakeApi, tmp_path: Path) -> Path:
    assert main(_words(tmp_path, "--base-url", api.base_url, "sign-in")) == 0
    return tmp_path


def _words(folder: Path, *words: str) -> list[str]:
    return ["--book", str(folder / "till.json"), *words]


def test_the_page_lists_them() -> None:
    assert len(ROWS) > 60
    assert {len(row) for row in ROWS} == {6}


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_cashier_reads_code_words_and_what_to_do(
    api: FakeApi, folder: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    for row in ROWS:
        _, code, status, action = row[:4]
        words = row[LANGUAGES[language]]
        refused = problem(int(status), code, action=action)
        refused.body["detail"] = words
        api.answers["POST /v1/terminal/decode"] = refused
        given = _words(folder, "--language", language, "decode", "--code", CODE)
        assert main(given, sleep=lambda _: None) == 1, row
        told = capsys.readouterr().out
        assert f"{status} {code}: {words}  {action}" in told
        assert ADVICE[action] in told
        (*_, asked) = api.asked("POST /v1/terminal/decode")
        assert asked.headers["Accept-Language"] == language
